/** Who owns what a cache holds: `user` is `req.userCache`, `shared` is `req.sharedCache`, `raw` is any other cache. */
export type CacheKind = 'user' | 'shared' | 'raw';

/**
 * What a call does to the cache.
 * `load` is cache-aside in one call; `delete` removes one entry, `invalidate` a key and all below it (or a pattern),
 * `clear` everything; `mutate` wraps a database write and invalidates by itself; `expire` and `count` touch an entry
 * without reading or storing a value of the application.
 */
export type Operation = 'read' | 'write' | 'load' | 'delete' | 'invalidate' | 'clear' | 'mutate' | 'expire' | 'count';

/** What one method of a cache does, by positions of its arguments. */
export interface CacheMethod {
  readonly op: Operation;
  /** Position of the key. Left out: the method has none (`clear()`). */
  readonly key?: number;
  /** Every argument from `key` on is a key, and so is every element of an array literal. */
  readonly many?: boolean;
  /** The second half of a key that is split over two arguments: the field of a hash. */
  readonly field?: number;
  readonly value?: number;
  /** Position of the loader; `function`: whichever argument is one. */
  readonly loader?: number | 'function';
  readonly ttl?: { readonly at: number; readonly unit: 's' | 'ms' };
}

/** What a library's page of the catalog says about its clients. Data only: `cache/` gives it meaning. */
export interface CacheCatalog {
  readonly library: string;
  readonly kind: CacheKind;
  readonly modules: readonly string[];
  /** Exports that are called with `new`. */
  readonly constructors: readonly string[];
  /** Exports that are called. */
  readonly factories: readonly string[];
  /** Type names that make an annotated binding a client. */
  readonly types: readonly string[];
  /** Methods that return a client again: `multi()`, `namespace()`. */
  readonly chains: readonly string[];
  readonly methods: Readonly<Record<string, CacheMethod>>;
  /** Every command also exists in upper case. */
  readonly upperCase?: boolean;
}
