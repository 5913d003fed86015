/**
 * The stable codes of this library. `docs/errors.md` says of each when it occurs, why, and what to do.
 * A message names the option, the namespace or the rule that was broken; never a value, a user id or a key part.
 */
export type UserCacheErrorCode =
  | 'ERR_UC_BAD_KEY'
  | 'ERR_UC_BAD_OPTION'
  | 'ERR_UC_BAD_OWNER'
  | 'ERR_UC_BAD_SALT'
  | 'ERR_UC_BAD_SECRET'
  | 'ERR_UC_BAD_TTL'
  | 'ERR_UC_CLOSED'
  | 'ERR_UC_INVALID_VALUE'
  | 'ERR_UC_L1_BUS'
  | 'ERR_UC_LOAD_TIMEOUT'
  | 'ERR_UC_MOUNTED_BEFORE_SESSION'
  | 'ERR_UC_NAMESPACE_OVERLAP'
  | 'ERR_UC_NO_OWNER'
  | 'ERR_UC_NOT_SERIALISABLE'
  | 'ERR_UC_OWNER_CHANGED'
  | 'ERR_UC_OWNER_UNKNOWN'
  | 'ERR_UC_PUBLIC_RESPONSE'
  | 'ERR_UC_REDIS_CLIENT'
  | 'ERR_UC_REDIS_DB'
  | 'ERR_UC_REDIS_KEY_PREFIX'
  | 'ERR_UC_REDIS_REPLICA_READS'
  | 'ERR_UC_REQUEST_ENDED'
  | 'ERR_UC_RESPONSE_NOT_STORED'
  | 'ERR_UC_SALT_NOT_ERASED'
  | 'ERR_UC_SECRET_REQUIRED'
  | 'ERR_UC_STORE_FULL'
  | 'ERR_UC_STORE_REPLY'
  | 'ERR_UC_STORE_UNAVAILABLE'
  | 'ERR_UC_UNKNOWN_NAMESPACE'
  | 'ERR_UC_UNKNOWN_OPTION';

/** What went wrong while the cache was at work: the store, the session, the life of the cache. */
export class UserCacheError extends Error {
  override readonly name = 'UserCacheError';
  readonly code: UserCacheErrorCode;
  /** The HTTP status that Express's error handling should answer with, where one fits. */
  readonly status?: number;

  constructor(code: UserCacheErrorCode, message: string, options: { cause?: unknown; status?: number } = {}) {
    super(`${message} [${code}]`, 'cause' in options ? { cause: options.cause } : undefined);
    this.code = code;
    if (options.status !== undefined) this.status = options.status;
  }
}

/** What was asked for cannot be right: an option, a key, a value that JSON cannot hold. */
export class UserCacheTypeError extends TypeError {
  override readonly name = 'UserCacheTypeError';
  readonly code: UserCacheErrorCode;

  constructor(code: UserCacheErrorCode, message: string) {
    super(`${message} [${code}]`);
    this.code = code;
  }
}

const warned = new Set<UserCacheErrorCode>();

/** Says a misuse that need not stop the request once per process, as a Node warning that carries the code. */
export function warnOnce(code: UserCacheErrorCode, message: string): void {
  if (warned.has(code)) return;
  warned.add(code);
  process.emitWarning(message, { type: 'UserCacheWarning', code });
}
