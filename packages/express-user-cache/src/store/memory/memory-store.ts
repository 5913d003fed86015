import { randomBytes } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import { type Control, refusal } from '../admission.js';
import type { Entry, Fill, Invalidation, Lease, LeaseAnswer, Snapshot, Store } from '../store.js';
import { Bucket } from './bucket.js';

/** @see MemoryStore */
export interface MemoryStoreOptions {
  /** Bytes of all buckets together, by the length of their entries; the least recently used users go first. 64 MiB. */
  readonly maxBytes?: number;
  /** The clock in ms, for tests. */
  readonly now?: () => number;
}

const DEFAULT_MAX_BYTES = 64 * 2 ** 20;

/**
 * Buckets in this process: the default store, with the semantics of the Redis store for one process. Every method does
 * its work in one synchronous step, which is what makes it atomic.
 */
export class MemoryStore<E extends Entry = string> implements Store<E> {
  readonly #buckets: LRUCache<string, Bucket<E>>;
  readonly #now: () => number;

  constructor({ maxBytes = DEFAULT_MAX_BYTES, now = Date.now }: MemoryStoreOptions = {}) {
    this.#buckets = new LRUCache({ maxSize: maxBytes, sizeCalculation: (bucket) => bucket.bytes });
    this.#now = now;
  }

  read(name: string, names: readonly string[]): Promise<Snapshot<E>> {
    const bucket = this.#buckets.get(name);
    return Promise.resolve({
      control: bucket?.control,
      entries: names.map((entry) => bucket?.entries.get(entry)?.entry),
    });
  }

  open(name: string): Promise<Control> {
    const bucket = this.#buckets.get(name) ?? this.#create(name);
    bucket.liftExpiredHolds(this.#now());
    return Promise.resolve(bucket.control);
  }

  fill(name: string, fill: Fill<E>): Promise<boolean> {
    const bucket = this.#buckets.get(name);
    if (!bucket) return Promise.resolve(false);
    const refused = refusal(bucket, fill.stamp, fill.prefixes) !== undefined;
    if (fill.supersedes) bucket.invalidate(fill.prefixes.slice(-1));
    if (!refused) bucket.store(fill);
    this.#resize(name, bucket);
    return Promise.resolve(!refused);
  }

  invalidate(name: string, { prefixes, hold, release }: Invalidation): Promise<void> {
    let bucket = this.#buckets.get(name);
    if (prefixes === 'all') {
      this.#buckets.delete(name);
      // A write that is still under way must keep fills out of the bucket's next life too.
      if (bucket?.held) this.#create(name).inherit(bucket.holds);
      return Promise.resolve();
    }
    if (hold) bucket ??= this.#create(name);
    if (!bucket) return Promise.resolve();
    bucket.invalidate(prefixes);
    if (hold) bucket.hold(hold.id, this.#now() + hold.ms);
    if (release !== undefined) bucket.release(release);
    this.#resize(name, bucket);
    return Promise.resolve();
  }

  lease(name: string, lease: Lease): Promise<LeaseAnswer> {
    return Promise.resolve(this.#buckets.get(name)?.lease(lease, this.#now()) ?? 'free');
  }

  ready(): Promise<void> {
    return Promise.resolve();
  }

  distrust(): void {
    // No connection stands between this store and its entries: there is nothing to replace.
  }

  close(): Promise<void> {
    this.#buckets.clear();
    return Promise.resolve();
  }

  #create(name: string): Bucket<E> {
    const bucket = new Bucket<E>(randomBytes(16).toString('base64url'));
    this.#resize(name, bucket);
    return bucket;
  }

  /** lru-cache asks for the size of a value only when it is new under its key. */
  #resize(name: string, bucket: Bucket<E>): void {
    this.#buckets.delete(name);
    this.#buckets.set(name, bucket);
  }
}
