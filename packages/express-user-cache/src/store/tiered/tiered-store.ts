import type { Control } from '../admission.js';
import type { Fill, Invalidation, Lease, LeaseAnswer, Snapshot, Store } from '../store.js';
import type { Copies } from './copies.js';

/**
 * A store whose entries this process keeps copies of. **What this process invalidates it forgets twice**: before it is
 * sent, or a reader here could return the copy after the store has forgotten the entry, and once it is answered, or a
 * read that overtook it could have brought the copy back. Also where it fails, because then it may still happen.
 */
export class TieredStore implements Store {
  readonly #store: Store;
  readonly #copies: Copies;

  constructor(store: Store, copies: Copies) {
    this.#store = store;
    this.#copies = copies;
  }

  read(bucket: string, names: readonly string[]): Promise<Snapshot> {
    return this.#store.read(bucket, names);
  }

  open(bucket: string): Promise<Control> {
    return this.#store.open(bucket);
  }

  fill(bucket: string, fill: Fill): Promise<boolean> {
    const send = (): Promise<boolean> => this.#store.fill(bucket, fill);
    return fill.supersedes ? this.#forgetting(bucket, fill.prefixes.slice(-1), send) : send();
  }

  async lease(bucket: string, lease: Lease): Promise<LeaseAnswer> {
    return (await this.#store.lease?.(bucket, lease)) ?? 'free';
  }

  invalidate(bucket: string, invalidation: Invalidation): Promise<void> {
    return this.#forgetting(bucket, invalidation.prefixes, () => this.#store.invalidate(bucket, invalidation));
  }

  ready(): Promise<void> {
    return this.#store.ready();
  }

  distrust(): void {
    this.#copies.clear();
    this.#store.distrust();
  }

  async close(): Promise<void> {
    this.#copies.clear();
    await this.#store.close();
  }

  async #forgetting<T>(bucket: string, prefixes: readonly string[] | 'all', send: () => Promise<T>): Promise<T> {
    this.#copies.forget(bucket, prefixes);
    try {
      return await send();
    } finally {
      this.#copies.forget(bucket, prefixes);
    }
  }
}
