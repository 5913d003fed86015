import { UserCacheError } from '../../errors.js';
import { Background } from '../../load/background.js';
import { Breaker } from '../../load/breaker.js';
import type { Control } from '../admission.js';
import type { Entry, Fill, Invalidation, Lease, LeaseAnswer, Snapshot, Store } from '../store.js';
import { DirtyBuckets, type Sending } from './dirty.js';

/** The store was not asked, and why is known already: nothing that a bypassed call does is news. */
export class Bypassed extends UserCacheError {
  constructor(why: string) {
    super('ERR_UC_STORE_UNAVAILABLE', `The store was not asked: ${why}`);
  }
}

/** @see GuardedStore */
export interface GuardOptions {
  /** The clock in ms. */
  readonly now: () => number;
  /** So many users are remembered one by one; with one more, everybody passes the store by. 50,000. */
  readonly maxDirty?: number;
}

const MAX_DIRTY = 50_000;
/** Invalidations that are sent again at a time. */
const RESENT_AT_ONCE = 32;

/**
 * What this process does while a store fails, in front of that store. Reads and fills skip it once it is gone, and for
 * every user of whom it may hold what an invalidation should have removed; **such an invalidation is sent again until it
 * is acknowledged**, though the call that asked for it has rejected long ago.
 */
export class GuardedStore<E extends Entry = string> implements Store<E> {
  readonly #store: Store<E>;
  readonly #breaker: Breaker;
  readonly #dirty: DirtyBuckets;
  readonly #resending: Background;

  constructor(store: Store<E>, { now, maxDirty = MAX_DIRTY }: GuardOptions) {
    this.#store = store;
    this.#breaker = new Breaker(now);
    this.#dirty = new DirtyBuckets(maxDirty);
    this.#resending = new Background(
      () => this.#resend(),
      () => this.#dirty.debts > 0,
    );
  }

  read(bucket: string, names: readonly string[]): Promise<Snapshot<E>> {
    if (this.#dirty.has(bucket)) return bypassed('the user has an invalidation under way');
    return this.#breaker.allows() ? this.#watched(this.#store.read(bucket, names)) : gone();
  }

  /** In a dirty bucket too: the stamp of a write is what the store says, and shows nobody what it holds. */
  open(bucket: string): Promise<Control> {
    return this.#breaker.allows() ? this.#watched(this.#store.open(bucket)) : gone();
  }

  fill(bucket: string, fill: Fill<E>): Promise<boolean> {
    if (fill.supersedes) {
      const sending = this.#dirty.sending(bucket, fill.prefixes.slice(-1), false);
      return this.#invalidating(sending, () => this.#store.fill(bucket, fill));
    }
    if (this.#dirty.has(bucket)) return bypassed('the user has an invalidation under way');
    return this.#breaker.allows() ? this.#watched(this.#store.fill(bucket, fill)) : gone();
  }

  async lease(bucket: string, lease: Lease): Promise<LeaseAnswer> {
    if (!this.#store.lease || this.#dirty.has(bucket)) return 'free';
    return this.#breaker.allows() ? this.#watched(this.#store.lease(bucket, lease)) : gone();
  }

  async invalidate(bucket: string, invalidation: Invalidation): Promise<void> {
    const { prefixes, hold, release } = invalidation;
    // A hold comes with paths: it cannot carry that everything is owed.
    const sending = this.#dirty.sending(bucket, prefixes, hold === undefined && release === undefined);
    await this.#invalidating(sending, () =>
      this.#store.invalidate(bucket, { ...invalidation, prefixes: sending.prefixes }),
    );
  }

  ready(): Promise<void> {
    return this.#watched(this.#store.ready());
  }

  distrust(): void {
    this.#store.distrust();
  }

  close(): Promise<void> {
    this.#resending.stop();
    return this.#store.close();
  }

  /** Invalidations are always sent: what must not be lost is worth the wait, and tells as well whether the store is back. */
  async #invalidating<T>(sending: Sending, work: () => Promise<T>): Promise<T> {
    try {
      const answer = await this.#watched(work());
      this.#dirty.acknowledged(sending);
      return answer;
    } catch (error) {
      this.#dirty.failed(sending);
      this.#resending.later();
      throw error;
    }
  }

  #watched<T>(answer: Promise<T>): Promise<T> {
    return answer.then(this.#answered, this.#failed);
  }

  readonly #answered = <T>(answer: T): T => {
    if (this.#breaker.succeeded()) this.#resending.now();
    return answer;
  };

  readonly #failed = (error: unknown): never => {
    if (saysThatItIsGone(error)) this.#breaker.failed();
    throw error;
  };

  async #resend(): Promise<void> {
    for (;;) {
      const debtors = this.#dirty.debtors(RESENT_AT_ONCE);
      if (debtors.length === 0) return;
      const resent = await Promise.allSettled(debtors.map((bucket) => this.invalidate(bucket, { prefixes: [] })));
      if (resent.some(({ status }) => status === 'rejected')) return;
    }
  }
}

const bypassed = (why: string): Promise<never> => Promise.reject(new Bypassed(why));

const gone = (): Promise<never> => bypassed('it has not answered lately');

/** A store that is full answers, and goes on answering reads; one that was closed is not asked again. */
const saysThatItIsGone = (error: unknown): boolean =>
  !(error instanceof UserCacheError && (error.code === 'ERR_UC_STORE_FULL' || error.code === 'ERR_UC_CLOSED'));
