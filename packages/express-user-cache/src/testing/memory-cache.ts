import type { UserCacheMiddleware } from '../administration.js';
import { userCache } from '../middleware.js';
import type { Namespaces, NoNamespaces } from '../policy/namespaces.js';
import type { UserCacheOptions } from '../policy/options.js';
import { MemoryStore } from '../store/memory/memory-store.js';
import { type Clock, fakeClock } from './clock.js';

/** What `userCache` takes, but for where the entries live and what time it is. */
export interface MemoryCacheOptions<N extends Namespaces = Namespaces, S extends Namespaces = Namespaces> extends Omit<
  UserCacheOptions<N, S>,
  'redis' | 'store' | 'deadlines' | 'now'
> {
  /** The clock that several caches share. A new one if it is left out. */
  readonly clock?: Clock | undefined;
}

export type MemoryCache<N extends Namespaces, S extends Namespaces> = UserCacheMiddleware<N, S> & {
  /** What time it is for this cache. */
  readonly clock: Clock;
};

/**
 * A user cache in this process whose clock the test moves: `cache.clock.advance('10m')`. Entries, limits and holds go by
 * that clock. Jitter is off unless it is asked for, so that an entry expires exactly when its TTL says.
 *
 * @throws {UserCacheTypeError} as `userCache` does
 */
export function memoryCache<const N extends Namespaces, const S extends Namespaces = NoNamespaces>({
  clock = fakeClock(),
  ...options
}: MemoryCacheOptions<N, S>): MemoryCache<N, S> {
  const { now } = clock;
  const cache = userCache<N, S>({ jitter: 0, ...options, now, store: new MemoryStore({ now }) });
  return Object.assign(cache, { clock });
}
