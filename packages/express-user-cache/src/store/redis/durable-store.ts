import type { Control } from '../admission.js';
import type { Fill, Invalidation, Lease, LeaseAnswer, Snapshot, Store } from '../store.js';
import type { BusOptions } from './bus.js';
import type { RedisClient } from './client.js';
import type { Durability } from './durability.js';
import type { Deadlines } from './link.js';
import { RedisStore } from './redis-store.js';

/**
 * A Redis store that asks for replicas after every invalidation, on a connection of its own: **WAIT keeps everything behind
 * it on its connection waiting**, and no read may wait for a replica.
 */
export class DurableRedisStore implements Store {
  readonly #reads: RedisStore;
  readonly #invalidations: RedisStore;

  constructor(client: RedisClient, deadlines: Deadlines | undefined, durability: Durability, bus?: BusOptions) {
    this.#reads = new RedisStore(client, deadlines, { bus });
    this.#invalidations = new RedisStore(client, deadlines, { durability, channel: bus?.channel });
  }

  read(bucket: string, names: readonly string[]): Promise<Snapshot> {
    return this.#reads.read(bucket, names);
  }

  open(bucket: string): Promise<Control> {
    return this.#reads.open(bucket);
  }

  fill(bucket: string, fill: Fill): Promise<boolean> {
    return (fill.supersedes ? this.#invalidations : this.#reads).fill(bucket, fill);
  }

  lease(bucket: string, lease: Lease): Promise<LeaseAnswer> {
    return this.#reads.lease(bucket, lease);
  }

  invalidate(bucket: string, invalidation: Invalidation): Promise<void> {
    return this.#invalidations.invalidate(bucket, invalidation);
  }

  async ready(): Promise<void> {
    await Promise.all([this.#reads.ready(), this.#invalidations.ready()]);
  }

  distrust(): void {
    this.#reads.distrust();
  }

  async close(): Promise<void> {
    await Promise.all([this.#reads.close(), this.#invalidations.close()]);
  }
}
