/** Loads in flight of one owner, by what they load. */
type Flights = Map<string, Promise<string | undefined>>;

/**
 * Loads in flight, each owner's in a map of its own: **no load can be joined from another owner's map**, whatever its key
 * looks like. The key of a load is its path *and* the control string that it started under, so a reader that starts after
 * an invalidation never joins a load from before it.
 */
export class LoadsInFlight {
  readonly #owners = new Map<string, Flights>();

  /** The load that is in flight, or the one that `start` starts. */
  join(
    bucket: string,
    load: string,
    start: () => Promise<string | undefined>,
  ): { led: boolean; text: Promise<string | undefined> } {
    const flights = this.#owners.get(bucket) ?? new Map<string, Promise<string | undefined>>();
    const inFlight = flights.get(load);
    if (inFlight) return { led: false, text: inFlight };
    const text = start().finally(() => {
      flights.delete(load);
      if (flights.size === 0) this.#owners.delete(bucket);
    });
    flights.set(load, text);
    this.#owners.set(bucket, flights);
    return { led: true, text };
  }
}
