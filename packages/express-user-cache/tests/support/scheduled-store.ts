import type fc from 'fast-check';
import { type Fill, type Invalidation, MemoryStore, type Snapshot } from '../../src/index.js';

/** A store each of whose replies waits until the scheduler lets it through. */
export class ScheduledStore extends MemoryStore {
  readonly #scheduler: fc.Scheduler;

  constructor(scheduler: fc.Scheduler) {
    super();
    this.#scheduler = scheduler;
  }

  override async read(bucket: string, names: readonly string[]): Promise<Snapshot> {
    await this.#turn();
    const snapshot = await super.read(bucket, names);
    await this.#turn();
    return snapshot;
  }

  override async open(bucket: string): Promise<string> {
    await this.#turn();
    return super.open(bucket);
  }

  override async fill(bucket: string, fill: Fill): Promise<boolean> {
    await this.#turn();
    const stored = await super.fill(bucket, fill);
    await this.#turn();
    return stored;
  }

  override async invalidate(bucket: string, invalidation: Invalidation): Promise<void> {
    await this.#turn();
    await super.invalidate(bucket, invalidation);
  }

  #turn(): Promise<void> {
    return this.#scheduler.schedule(Promise.resolve(), 'store');
  }
}
