import { UserCacheError, UserCacheTypeError } from '../errors.js';
import { publish } from '../observe/events.js';
import { type Found, read } from './entries.js';
import { withSalt } from './salt.js';
import type { Scope, Target } from './scope.js';

/**
 * What may be served in place of what a load has not brought: the entry, if it expired no longer than `grace` ms ago.
 * **It is read anew**: what was read before the load may have been invalidated while the load ran, and an entry that is
 * still there was not. Where the store cannot be asked there is none.
 */
export async function inGrace(scope: Scope, target: Target, grace: number): Promise<Found | undefined> {
  if (grace === 0) return undefined;
  const bucket = scope.bucket();
  if (!bucket) return undefined;
  const snapshot = await scope.attempt('read', () => scope.core.store.read(bucket.tag, [target.path.entry]));
  const own = snapshot && scope.core.salts ? await withSalt(scope, bucket, snapshot.control) : bucket;
  const found = snapshot && own && (await read(scope, own, target, snapshot.entries[0], grace));
  scope.bucket();
  // Somebody else may have filled it meanwhile.
  if (found && found.expiresAt <= scope.core.settings.now())
    publish({ type: 'grace', namespace: target.policy.namespace });
  return found;
}

/** What this library says of a load (its owner changed, its value is invalid) is no failure of where it loads from. */
export const isFailureOfSource = (error: unknown): boolean =>
  error instanceof UserCacheError ? error.code === 'ERR_UC_LOAD_TIMEOUT' : !(error instanceof UserCacheTypeError);
