import { UserCacheError } from '../../errors.js';

/**
 * What Redis says where a key is no hash, and where a script stumbled over what it found: the name of the script and the
 * line stand in front of the message. A command that Redis refuses to a script has them behind it.
 */
const DAMAGE = /^WRONGTYPE|user_script:\d+: /;

/** Whether a call failed by what is stored under the bucket's key, which somebody else wrote. */
export const isDamage = (error: unknown): boolean =>
  error instanceof UserCacheError && error.cause instanceof Error && DAMAGE.test(error.cause.message);

/** Whether what would write was refused by a replica. */
export const isReadOnly = (error: unknown): boolean =>
  error instanceof Error && (error.message.startsWith('READONLY ') || isReadOnly(error.cause));
