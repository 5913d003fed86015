import type { RequestHandler } from 'express';
import type { UserCache } from './handle/user-cache.js';
import type { ResponseCache } from './http/response-cache.js';
import type { ResponseOptions } from './http/response-options.js';
import type { Namespaces } from './policy/namespaces.js';
import type { UserId } from './policy/salts.js';

/** The middleware, with the administration of its cache. */
export interface UserCacheMiddleware<N extends Namespaces = Namespaces, S extends Namespaces = Namespaces>
  extends RequestHandler, AsyncDisposable {
  /** The cache of a user who is not on a request: jobs, warming. Whoever may call it must be trusted with every user. */
  forUser(id: UserId): UserCache<N>;
  /** The cache that all users share, outside a request. */
  readonly shared: UserCache<S>;
  /**
   * Caches the whole responses of a route, each user's their own: mount it in front of the handler. A miss runs the handler.
   *
   * @throws {UserCacheTypeError} at once, for options that cannot be right
   */
  response(options: ResponseOptions<keyof N & string>): ResponseCache;
  /** Forgets everything of a user: at logout, after a change of role or password. */
  invalidateUser(id: UserId): Promise<void>;
  /**
   * Erases what is cached of a user, and with `options.salts` makes what backups of the store hold of it unreadable for ever.
   * End the user's sessions before: a request of theirs would be cached anew. May be repeated.
   *
   * @throws `ERR_UC_STORE_UNAVAILABLE` where the store could not be told; it is told again, and the salt is gone
   * @throws `ERR_UC_SALT_NOT_ERASED` with the application's error as its cause
   */
  eraseUser(id: UserId): Promise<void>;
  /** Resolves once the store answers. @throws `ERR_UC_STORE_UNAVAILABLE` */
  ready(): Promise<void>;
  /** Ends the connection to the store. Later reads run their loads, later invalidations reject with `ERR_UC_CLOSED`. */
  close(): Promise<void>;
}
