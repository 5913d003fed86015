import type { Namespaces, ValueOf } from '../policy/namespaces.js';
import { invalidate, invalidateAll, mutate } from './invalidate.js';
import { NamespaceCache } from './namespace-cache.js';
import type { LoadContext } from './load.js';
import { getMany, getOrSet } from './read.js';
import type { Scope } from './scope.js';
import type { EntryOptions, LoadOptions } from './terms.js';
import type { Key, Loaded, NameOf } from './types.js';
import { set, writeThrough } from './write.js';

/**
 * The cache of one owner. No method takes a user: what is not this owner's cannot be named.
 *
 * Every method throws `ERR_UC_BAD_KEY` or `ERR_UC_UNKNOWN_NAMESPACE` for a key that cannot be right, and
 * `ERR_UC_OWNER_CHANGED` if the request's user changed since the handle was first used. What returns or stores a value throws
 * `ERR_UC_REQUEST_ENDED` once the response has been sent; to invalidate is allowed then, too.
 */
export class UserCache<N extends Namespaces = Namespaces> {
  readonly #scope: Scope;

  constructor(scope: Scope) {
    this.#scope = scope;
  }

  /** The value, or `undefined`. A store that cannot be reached is a miss. */
  async get<K extends NameOf<N>>(key: Key<K>): Promise<ValueOf<N[K]> | undefined> {
    const [value] = await getMany(this.#scope, [key]);
    return value as ValueOf<N[K]> | undefined;
  }

  /** The values in the order of the keys, in one round trip. */
  getMany<const K extends readonly Key<NameOf<N>>[]>(
    keys: K,
  ): Promise<{ -readonly [I in keyof K]: ValueOf<N[K[I][0]]> | undefined }> {
    return getMany(this.#scope, keys) as Promise<{ -readonly [I in keyof K]: ValueOf<N[K[I][0]]> | undefined }>;
  }

  /**
   * Cache-aside: the value, or what `load` resolves to. One load runs at a time for a key, however many ask. Its result is
   * stored unless it is `undefined`, or the key was invalidated while it ran; hit or miss, the value is in the shape that JSON
   * leaves it, and frozen in depth unless the namespace says `clone`. Rejects with the error of `load`; never with an error of the store.
   *
   * @throws `ERR_UC_NOT_SERIALISABLE`, `ERR_UC_INVALID_VALUE`, `ERR_UC_BAD_TTL`, `ERR_UC_LOAD_TIMEOUT`
   */
  getOrSet<K extends NameOf<N>, T>(
    key: Key<K>,
    load: (context: LoadContext) => T | PromiseLike<T>,
    options?: LoadOptions,
  ): Promise<Loaded<N[K], T>> {
    return getOrSet(this.#scope, key, load, options) as Promise<Loaded<N[K], T>>;
  }

  /**
   * Stores a value. It supersedes what is stored at the key or below it, and every load of those in flight.
   *
   * @throws `ERR_UC_NOT_SERIALISABLE`, `ERR_UC_INVALID_VALUE`, `ERR_UC_BAD_TTL`, `ERR_UC_STORE_UNAVAILABLE`
   */
  set(key: Key<NameOf<N>>, value: unknown, options?: EntryOptions): Promise<void> {
    return set(this.#scope, key, value, options);
  }

  /**
   * Write-through: runs the database write and stores what it resolves to. Where another write came in between, or
   * `write` fails, the key is left invalidated.
   *
   * @throws as `set` does, and the error of `write`
   */
  writeThrough<K extends NameOf<N>, T>(
    key: Key<K>,
    write: () => T | PromiseLike<T>,
    options?: EntryOptions,
  ): Promise<Loaded<N[K], T>> {
    return writeThrough(this.#scope, key, write, options) as Promise<Loaded<N[K], T>>;
  }

  /**
   * Forgets the keys and all that continue them. Once it resolves, no read that starts later returns what was loaded
   * before. Call it after the database has committed, or use `mutate`.
   *
   * @throws `ERR_UC_STORE_UNAVAILABLE`
   */
  invalidate(...keys: readonly Key<NameOf<N>>[]): Promise<void> {
    return invalidate(this.#scope, keys);
  }

  /**
   * Forgets everything of this owner, at a cost that does not depend on how much that is.
   *
   * @throws `ERR_UC_STORE_UNAVAILABLE`
   */
  invalidateAll(): Promise<void> {
    return invalidateAll(this.#scope);
  }

  /**
   * Runs a database write that makes `keys` (one, or a list) stale: invalidates them, keeps loads from being stored while
   * the write runs, and invalidates again. A process that dies during the write leaves nothing stale behind.
   *
   * @returns what `write` resolves to, as it is
   * @throws `ERR_UC_STORE_UNAVAILABLE` after the write, where the store could be told neither before nor after it; the
   *   error of `write`
   */
  mutate<T>(keys: Key<NameOf<N>> | readonly Key<NameOf<N>>[], write: () => T | PromiseLike<T>): Promise<T> {
    return mutate(this.#scope, keys, write) as Promise<T>;
  }

  /** The same cache, bound to one namespace. @throws `ERR_UC_UNKNOWN_NAMESPACE` */
  namespace<K extends NameOf<N>>(name: K): NamespaceCache<N[K]> {
    return new NamespaceCache(this.#scope, name);
  }
}
