import { textOf } from '../entry/codec.js';
import { UserCacheError } from '../errors.js';
import { type Stamp, stampOf } from '../store/admission.js';
import { fill, type Filling, parse } from './entries.js';
import { invalidatePaths } from './invalidate.js';
import { withSalt } from './salt.js';
import type { Bucket, Result, Scope, Target } from './scope.js';
import { type EntryOptions, lifetime } from './terms.js';

export async function set(scope: Scope, key: unknown, value: unknown, options?: EntryOptions): Promise<void> {
  const isLive = scope.isLive();
  const target = scope.target(key);
  const times = lifetime(target, options);
  const text = textOf(value, target.policy.codec, target.policy.namespace);
  // Before the first await: whose value it is was decided by the call.
  const bucket = scope.bucket();
  const found = await parse(target, text);
  scope.bucket();
  if (!bucket) return;
  const ground = isLive ? await groundOf(scope, bucket) : undefined;
  if (ground) await supersede(scope, ground, target, { ...found, text, ...times });
  else await invalidatePaths(scope, bucket, [target]);
  scope.bucket();
}

/** Write-through: the stamp comes before the database write, so that of two writers at once none leaves the loser's value. */
export async function writeThrough(
  scope: Scope,
  key: unknown,
  write: () => unknown,
  options?: EntryOptions,
): Promise<unknown> {
  const isLive = scope.isLive();
  const target = scope.target(key);
  const { codec, namespace } = target.policy;
  const times = lifetime(target, options);
  const bucket = scope.bucket();
  const ground = bucket && isLive ? await groundOf(scope, bucket) : undefined;
  let stored: Result | undefined;
  try {
    const written: unknown = await write();
    scope.bucket();
    if (written !== undefined) {
      const text = textOf(written, codec, namespace);
      stored = { text, ...(await parse(target, text)) };
    }
  } catch (error) {
    // The row may have changed all the same.
    if (bucket) await scope.attempt('invalidate', () => invalidatePaths(scope, bucket, [target]));
    throw error;
  }
  if (bucket) {
    if (stored && ground) await supersede(scope, ground, target, { ...stored, ...times });
    else await invalidatePaths(scope, bucket, [target]);
  }
  scope.bucket();
  return stored?.value;
}

/** What a value is stored on: the bucket as it is sealed for, and the stamp of now. */
interface Ground {
  readonly bucket: Bucket;
  readonly stamp: Stamp | undefined;
}

/** Absent where nothing of the owner may be stored. */
async function groundOf(scope: Scope, bucket: Bucket): Promise<Ground | undefined> {
  const { store } = scope.core;
  const snapshot = await scope.attempt('read', () => store.read(bucket.tag, []));
  const stamp = stampOf(snapshot?.control) ?? stampOf(await scope.attempt('open', () => store.open(bucket.tag)));
  scope.bucket();
  if (!scope.core.salts) return { bucket, stamp };
  // Without a stamp nothing is stored, and the life that a salt is of is not known.
  const own = stamp === undefined ? undefined : await withSalt(scope, bucket, stamp);
  return own && { bucket: own, stamp };
}

/** Stores the value in place of all before it; where that cannot be, leaves the path invalidated. */
async function supersede(
  scope: Scope,
  { bucket, stamp }: Ground,
  target: Target,
  filling: Omit<Filling, 'supersedes' | 'stamp'>,
): Promise<void> {
  let stored = false;
  try {
    stored = await fill(scope, bucket, target, { ...filling, stamp, supersedes: true });
  } catch (error) {
    scope.failed('fill', error);
    // A store that is full still invalidates. One that is gone is told later, and a second deadline would pass in vain.
    if (error instanceof UserCacheError && error.code === 'ERR_UC_STORE_UNAVAILABLE') throw error;
  }
  if (!stored) await invalidatePaths(scope, bucket, [target]);
}
