import { publish } from '../../observe/events.js';
import type { Invalidation } from '../store.js';

type Prefixes = Invalidation['prefixes'];

/** What has to be sent again. Every debt is an object of its own, so that an older answer cannot pay a newer one. */
interface Debt {
  readonly prefixes: Prefixes;
}

interface Bucket {
  /** Invalidations that were sent and are not answered yet. */
  sent: number;
  debt: Debt | undefined;
}

/** An invalidation on its way to the store. */
export interface Sending {
  readonly bucket: string;
  /** What is sent: what was asked for, and what is owed besides. */
  readonly prefixes: Prefixes;
  readonly pays: Debt | undefined;
}

/** Beyond this many paths it is cheaper to forget everything of a user. */
const MAX_PREFIXES = 100;

/**
 * The buckets of which the store may hold what an invalidation of this process should have removed. A bucket is dirty
 * **from before an invalidation is sent** until it is acknowledged: one that failed may have been carried out or not, so it
 * is owed until an invalidation that covers it is acknowledged.
 *
 * More than `max` debts are not kept: then all buckets are dirty until the others are paid.
 */
export class DirtyBuckets {
  readonly #buckets = new Map<string, Bucket>();
  readonly #max: number;
  #debts = 0;
  #overflowed = false;

  constructor(max: number) {
    this.#max = max;
  }

  has(bucket: string): boolean {
    return this.#overflowed || this.#buckets.has(bucket);
  }

  get debts(): number {
    return this.#debts;
  }

  /** Up to `most` of the buckets that are owed an invalidation, the longest waiting first. */
  debtors(most: number): string[] {
    const names: string[] = [];
    for (const [name, { debt }] of this.#buckets) {
      if (debt && names.push(name) === most) break;
    }
    return names;
  }

  /** Before an invalidation is sent. `carries`: whether it can carry what is owed too. */
  sending(name: string, asked: Prefixes, carries: boolean): Sending {
    const bucket = this.#bucket(name);
    bucket.sent += 1;
    const pays = carries ? bucket.debt : undefined;
    return { bucket: name, prefixes: pays ? merge(pays.prefixes, asked) : asked, pays };
  }

  acknowledged({ bucket: name, pays }: Sending): void {
    const bucket = this.#bucket(name);
    bucket.sent -= 1;
    if (pays && bucket.debt === pays) {
      bucket.debt = undefined;
      this.#debts -= 1;
      if (this.#debts === 0) this.#overflowed = false;
      publish({ type: 'clean', users: this.#debts });
    }
    this.#settle(name, bucket);
  }

  failed({ bucket: name, prefixes }: Sending): void {
    const bucket = this.#bucket(name);
    bucket.sent -= 1;
    if (bucket.debt) {
      bucket.debt = { prefixes: merge(bucket.debt.prefixes, prefixes) };
    } else if (this.#debts < this.#max) {
      bucket.debt = { prefixes };
      this.#debts += 1;
      publish({ type: 'dirty', users: this.#debts });
    } else {
      this.#overflowed = true;
      publish({ type: 'dirty', users: this.#debts + 1 });
    }
    // To the end: one bucket whose invalidation always fails must not keep the others waiting.
    this.#buckets.delete(name);
    this.#buckets.set(name, bucket);
    this.#settle(name, bucket);
  }

  #bucket(name: string): Bucket {
    let bucket = this.#buckets.get(name);
    if (!bucket) this.#buckets.set(name, (bucket = { sent: 0, debt: undefined }));
    return bucket;
  }

  #settle(name: string, { sent, debt }: Bucket): void {
    if (sent === 0 && !debt) this.#buckets.delete(name);
  }
}

function merge(owed: Prefixes, more: Prefixes): Prefixes {
  if (owed === 'all' || more === 'all') return 'all';
  const prefixes = new Set([...owed, ...more]);
  return prefixes.size > MAX_PREFIXES ? 'all' : [...prefixes];
}
