import { isUser } from '../identity/owner.js';
import { type Control, incarnationOf } from '../store/admission.js';
import type { Bucket, Scope } from './scope.js';

/**
 * The bucket with the salt that opens and seals its entries, read in the life that `control` is of; `undefined` where it cannot
 * be had: nothing is opened or stored then. What needs no salt (sessions, what is shared) comes back as it is: who does not
 * know the id of a session cannot open what it owns.
 *
 * @throws `ERR_UC_OWNER_CHANGED`, `ERR_UC_BAD_SALT`, `ERR_UC_BAD_OWNER`
 */
export async function withSalt(
  scope: Scope,
  bucket: Bucket,
  control: Control | undefined,
): Promise<Bucket | undefined> {
  const { salts } = scope.core;
  // A bucket that is not there has no entries, and nothing can be stored in it.
  if (!salts || control === undefined || !isUser(bucket.owner)) return bucket;
  const salt = await salts.of(bucket.owner, incarnationOf(control));
  scope.bucket();
  return salt && { ...bucket, salt };
}
