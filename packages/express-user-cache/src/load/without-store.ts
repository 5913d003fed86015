import { isInsideLoad } from './inside.js';
import { Slots } from './slots.js';

type Result<T> = Promise<T | undefined>;

/** The loads of one path: the last that was asked for, and whether a reader may still join it. */
interface Lane<T> {
  last: Result<T>;
  joinable: boolean;
}

/**
 * Loads that run while the store cannot say under which control string they start. Then nobody knows what other processes
 * invalidate, so **a reader joins only a load that has not started yet**: per owner and path one runs and one waits for
 * its end, and everybody who comes meanwhile shares the one that waits. What they get was loaded after they asked.
 *
 * The database must not meet all the readers that the store used to answer: over the whole process no more than
 * `atOnce` of these loads run at a time.
 */
export class LoadsWithoutStore<T> {
  readonly #owners = new Map<string, Map<string, Lane<T>>>();
  readonly #slots: Slots;

  constructor(atOnce: number) {
    this.#slots = new Slots(atOnce);
  }

  join(bucket: string, path: string, load: () => Result<T>): { led: boolean; result: Result<T> } {
    // A load that waits inside a load for a slot, or for a load that waits for one, may be waiting for its own end.
    if (isInsideLoad()) return { led: true, result: load() };
    const lanes = this.#owners.get(bucket) ?? new Map<string, Lane<T>>();
    const before = lanes.get(path);
    if (before?.joinable) return { led: false, result: before.last };

    const lane: Lane<T> = { joinable: true, last: Promise.resolve(undefined) };
    const run = (): Result<T> =>
      this.#slots.run(() => {
        lane.joinable = false;
        return load();
      });
    lane.last = (before ? settled(before.last).then(run) : run()).finally(() => {
      if (lanes.get(path) === lane) lanes.delete(path);
      if (lanes.size === 0) this.#owners.delete(bucket);
    });
    lanes.set(path, lane);
    this.#owners.set(bucket, lanes);
    return { led: true, result: lane.last };
  }
}

/** How a load ended is the affair of those who joined it. */
const settled = (result: Promise<unknown>): Promise<unknown> => result.catch(() => undefined);
