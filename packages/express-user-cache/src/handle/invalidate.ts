import { randomBytes } from 'node:crypto';
import { UserCacheError, UserCacheTypeError } from '../errors.js';
import type { Invalidation } from '../store/store.js';
import type { Bucket, Scope, Target } from './scope.js';

/** How long a hold stands when its writer dies: longer than a database lets a statement run. */
const HOLD_MS = 30_000;

const prefixesOf = (targets: readonly Target[]): string[] => targets.flatMap(({ path }) => path.prefixes.slice(-1));

export async function invalidatePaths(
  scope: Scope,
  bucket: Bucket,
  targets: readonly Target[],
  hold: Pick<Invalidation, 'hold' | 'release'> = {},
): Promise<void> {
  await scope.core.store.invalidate(bucket.tag, { prefixes: prefixesOf(targets), ...hold });
}

export async function invalidate(scope: Scope, keys: readonly unknown[]): Promise<void> {
  if (keys.length === 0) {
    throw new UserCacheTypeError(
      'ERR_UC_BAD_KEY',
      'invalidate() needs a key; to forget everything call invalidateAll()',
    );
  }
  const targets = keys.map((key) => scope.target(key));
  const bucket = scope.bucket();
  if (!bucket) return;
  await invalidatePaths(scope, bucket, targets);
  scope.bucket();
}

export async function invalidateAll(scope: Scope): Promise<void> {
  const bucket = scope.bucket();
  if (!bucket) return;
  await scope.core.store.invalidate(bucket.tag, { prefixes: 'all' });
  scope.bucket();
}

/**
 * Invalidates and holds, writes, invalidates and releases. **A process that dies in between leaves the hold**, so that
 * nobody stores the row from before the write; a release that fails leaves it too, and then nothing stale can be read.
 */
export async function mutate(scope: Scope, keys: unknown, write: () => unknown): Promise<unknown> {
  const targets = keysOf(keys).map((key) => scope.target(key));
  const bucket = scope.bucket();
  if (!bucket) {
    const written: unknown = await write();
    scope.bucket();
    return written;
  }
  const id = randomBytes(9).toString('base64url');
  const placed = await scope.attempt('invalidate', async () => {
    await invalidatePaths(scope, bucket, targets, { hold: { id, ms: HOLD_MS } });
    return true;
  });
  if (!placed && targets.some(({ policy }) => policy.onUnavailable === 'throw')) {
    throw new UserCacheError(
      'ERR_UC_STORE_UNAVAILABLE',
      'mutate() could not place its hold, and onUnavailable is throw: the write was not run',
    );
  }
  const release = (): Promise<void> => invalidatePaths(scope, bucket, targets, { release: id });
  let written: unknown;
  try {
    scope.bucket();
    written = await write();
  } catch (error) {
    await scope.attempt('invalidate', release);
    throw error;
  }
  if (placed) await scope.attempt('invalidate', release);
  else await release();
  scope.bucket();
  return written;
}

/** One key, or a list of keys: a key begins with its namespace, a list with a key. */
function keysOf(keys: unknown): readonly unknown[] {
  if (!Array.isArray(keys) || keys.length === 0) {
    throw new UserCacheTypeError(
      'ERR_UC_BAD_KEY',
      'mutate() needs the keys that the write makes stale: one key or a list of keys',
    );
  }
  return Array.isArray(keys[0]) ? (keys as unknown[]) : [keys];
}
