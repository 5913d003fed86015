import type fc from 'fast-check';
import { type Control, type Fill, type Invalidation, MemoryStore, type Snapshot, type Store } from '../../src/index.js';

/** Told what was invalidated, at the moment it was: what a bus would carry. */
type Announce = (bucket: string, prefixes: readonly string[] | 'all', control: Control) => void;

/** A road to a store on which requests and replies wait until the scheduler lets them through. */
export class ScheduledStore implements Store {
  readonly #scheduler: fc.Scheduler;
  readonly #store: MemoryStore;
  readonly #announce: Announce;

  readonly #delay: () => number;

  /** `delay`: so many turns more for the next reply. */
  constructor(
    scheduler: fc.Scheduler,
    store = new MemoryStore(),
    { announce = () => undefined, delay = () => 0 }: { announce?: Announce; delay?: () => number } = {},
  ) {
    this.#scheduler = scheduler;
    this.#store = store;
    this.#delay = delay;
    this.#announce = announce;
  }

  read(bucket: string, names: readonly string[]): Promise<Snapshot> {
    return this.#travel('read', () => this.#store.read(bucket, names));
  }

  open(bucket: string): Promise<Control> {
    return this.#travel('open', () => this.#store.open(bucket));
  }

  fill(bucket: string, fill: Fill): Promise<boolean> {
    return this.#travel('fill', async () => {
      const stored = this.#store.fill(bucket, fill);
      if (fill.supersedes) await this.#say(bucket, fill.prefixes.slice(-1));
      return stored;
    });
  }

  invalidate(bucket: string, invalidation: Invalidation): Promise<void> {
    return this.#travel('invalidate', async () => {
      const invalidated = this.#store.invalidate(bucket, invalidation);
      await this.#say(bucket, invalidation.prefixes);
      return invalidated;
    });
  }

  ready(): Promise<void> {
    return this.#store.ready();
  }

  distrust(): void {
    this.#store.distrust();
  }

  close(): Promise<void> {
    return this.#store.close();
  }

  /** Called in the same step as the invalidation: the memory store does its work at once, so this is what it left. */
  async #say(bucket: string, prefixes: readonly string[] | 'all'): Promise<void> {
    const { control = '' } = await this.#store.read(bucket, []);
    this.#announce(bucket, prefixes, prefixes === 'all' ? '' : control);
  }

  async #travel<T>(what: string, work: () => Promise<T>): Promise<T> {
    await this.#scheduler.schedule(Promise.resolve(), what);
    const answer = await work();
    for (let left = this.#delay(); left >= 0; left--) {
      await this.#scheduler.schedule(Promise.resolve(), `${what} answered`);
    }
    return answer;
  }
}
