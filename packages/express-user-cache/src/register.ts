import type { UserCache } from './handle/user-cache.js';

/**
 * Tells TypeScript the application's cache, once, so that `req.userCache` knows its namespaces and their values:
 *
 * ```ts
 * declare module 'express-user-cache' {
 *   interface Register {
 *     cache: typeof cache;
 *   }
 * }
 * ```
 */
export interface Register {}

type RegisteredUserCache = Register extends { readonly cache: { forUser(id: never): infer C } } ? C : UserCache;

type RegisteredSharedCache = Register extends { readonly cache: { readonly shared: infer C } } ? C : UserCache;

declare global {
  // Express's own way to let a middleware say what it adds to a request.
  namespace Express {
    interface Request {
      /** The cache of the session's user; `userCache()` puts it here. */
      readonly userCache: RegisteredUserCache;
      /** The cache that all users share. */
      readonly sharedCache: RegisteredSharedCache;
    }
  }
}
