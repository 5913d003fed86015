import type {} from 'mongoose';
import type { UserCacheOperation } from './options.js';

export type { InvalidateUserCacheOptions, UserCacheOperation } from './options.js';
export { invalidateUserCache } from './plugin.js';

declare module 'mongoose' {
  // Options of queries take any name: `setOptions({ userCache })`.
  interface SaveOptions {
    /** Whose cached data the operation makes stale, where it does not tell; `false`: nobody's. */
    userCache?: UserCacheOperation;
  }
  interface InsertManyOptions {
    /** As for `save`. */
    userCache?: UserCacheOperation;
  }
  interface MongooseBulkSaveOptions {
    /** As for `save`. */
    userCache?: UserCacheOperation;
  }
  interface MongooseBulkWriteOptions {
    /** As for `save`. */
    userCache?: UserCacheOperation;
  }
}
