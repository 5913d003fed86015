import type { RequestHandler } from 'express';
import type { UserCache } from './handle/user-cache.js';
import type { Namespaces } from './policy/namespaces.js';
import type { UserId } from './policy/options.js';

/** The middleware, with the administration of its cache. */
export interface UserCacheMiddleware<N extends Namespaces = Namespaces, S extends Namespaces = Namespaces>
  extends RequestHandler, AsyncDisposable {
  /** The cache of a user who is not on a request: jobs, warming. Whoever may call it must be trusted with every user. */
  forUser(id: UserId): UserCache<N>;
  /** The cache that all users share, outside a request. */
  readonly shared: UserCache<S>;
  /** Forgets everything of a user: at logout, after a change of role or password. */
  invalidateUser(id: UserId): Promise<void>;
  /** Resolves once the store answers. @throws `ERR_UC_STORE_UNAVAILABLE` */
  ready(): Promise<void>;
  /** Ends the connection to the store. Later reads run their loads, later invalidations reject with `ERR_UC_CLOSED`. */
  close(): Promise<void>;
}
