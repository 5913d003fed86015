/** Loads in flight of one owner, by what they load. */
type Flights<T> = Map<string, Promise<T | undefined>>;

/**
 * Loads in flight, each owner's in a map of its own: **no load can be joined from another owner's map**, whatever its key
 * looks like. The key of a load is its path *and* the control string that it started under, so a reader that starts after
 * an invalidation never joins a load from before it.
 */
export class LoadsInFlight<T> {
  readonly #owners = new Map<string, Flights<T>>();

  /** The load that is in flight, or the one that `start` starts. */
  join(
    bucket: string,
    load: string,
    start: () => Promise<T | undefined>,
  ): { led: boolean; result: Promise<T | undefined> } {
    const flights: Flights<T> = this.#owners.get(bucket) ?? new Map<string, Promise<T | undefined>>();
    const inFlight = flights.get(load);
    if (inFlight) return { led: false, result: inFlight };
    const result = start().finally(() => {
      flights.delete(load);
      if (flights.size === 0) this.#owners.delete(bucket);
    });
    flights.set(load, result);
    this.#owners.set(bucket, flights);
    return { led: true, result };
  }
}
