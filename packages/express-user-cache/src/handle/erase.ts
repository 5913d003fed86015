import { UserCacheError } from '../errors.js';
import { invalidateAll } from './invalidate.js';
import type { Scope } from './scope.js';

/**
 * Erases all that is cached of an owner. **The salt first**: what is stored after it is gone cannot be opened, and the bucket,
 * which goes then, takes with it every stamp under which a salt was known. Both are tried whatever becomes of the other.
 */
export async function erase(scope: Scope): Promise<void> {
  const bucket = scope.bucket();
  if (!bucket) return;
  const { names, salts, seal } = scope.core;
  const [salt] = await Promise.allSettled([salts?.erase(bucket.owner)]);
  const [store] = await Promise.allSettled([invalidateAll(scope)]);
  names.forget();
  seal?.forget(bucket.owner);
  if (salt.status === 'rejected') {
    const besides = store.status === 'rejected' ? ', and the store could not be reached' : '';
    throw new UserCacheError(
      'ERR_UC_SALT_NOT_ERASED',
      `options.salts.erase failed${besides}: what is left of the user in backups of the store can still be read; try again`,
      { cause: salt.reason },
    );
  }
  if (store.status === 'rejected') throw store.reason;
}
