import { isInsideLoad } from './inside.js';

/** A load that others may join. */
export interface Flight<T> {
  readonly result: Promise<T | undefined>;
  /** It is not to wait for its turn. */
  readonly hurry: () => void;
}

/** Loads in flight of one owner, by what they load. */
type Flights<T> = Map<string, Flight<T>>;

/**
 * Loads in flight, each owner's in a map of its own: **no load can be joined from another owner's map**, whatever its key
 * looks like. The key of a load is its path *and* the control string that it started under, so a reader that starts after
 * an invalidation never joins a load from before it.
 */
export class LoadsInFlight<T> {
  readonly #owners = new Map<string, Flights<T>>();

  /** The load that is in flight, or the one that `start` starts. */
  join(bucket: string, load: string, start: () => Flight<T>): { led: boolean; result: Promise<T | undefined> } {
    const flights: Flights<T> = this.#owners.get(bucket) ?? new Map<string, Flight<T>>();
    const inFlight = flights.get(load);
    if (inFlight) {
      // Its turn may be that of the load that asks.
      if (isInsideLoad()) inFlight.hurry();
      return { led: false, result: inFlight.result };
    }
    const { result: own, hurry } = start();
    const result = own.finally(() => {
      flights.delete(load);
      if (flights.size === 0) this.#owners.delete(bucket);
    });
    flights.set(load, { result, hurry });
    this.#owners.set(bucket, flights);
    return { led: true, result };
  }
}
