import { UserCacheTypeError } from '../errors.js';

export type UserId = string | number | bigint;

/** At least 16 random bytes; a string counts by its UTF-8. */
export type Salt = Uint8Array | string;

/** The salt of each user, which the application keeps where it keeps the user: in the row that goes at their erasure. */
export interface Salts {
  /**
   * The salt of a user, from the primary of the database; `undefined` or `null` where there is none (any more): then nothing
   * of theirs is stored. It must not make one, or an erased user would get a new one.
   */
  readonly read: (id: UserId) => PromiseLike<Salt | null | undefined>;
  /** Deletes the salt of a user for ever; resolves as well where there is none. */
  readonly erase: (id: UserId) => PromiseLike<unknown>;
}

/** What is shorter could be found by trying. */
const LEAST_BYTES = 16;

/**
 * It may be any object with the two methods, also one that does more: a repository of the application's.
 *
 * @throws {UserCacheTypeError} `ERR_UC_BAD_OPTION`, `ERR_UC_SECRET_REQUIRED`
 */
export function checkSalts(salts: unknown, hasSecret: boolean): void {
  if (salts === undefined) return;
  const { read, erase } = Object(salts) as Partial<Salts>;
  if (typeof read !== 'function' || typeof erase !== 'function') {
    throw new UserCacheTypeError('ERR_UC_BAD_OPTION', 'options.salts must have the functions read and erase');
  }
  if (hasSecret) return;
  throw new UserCacheTypeError(
    'ERR_UC_SECRET_REQUIRED',
    'options.salts are part of the keys that entries are encrypted with; set options.secret',
  );
}

/**
 * A salt as bytes of our own: what the application does to its array later must not change a key.
 *
 * @throws {UserCacheTypeError} `ERR_UC_BAD_SALT`
 */
export function saltBytes(salt: unknown): Buffer {
  const bytes =
    typeof salt === 'string' ? Buffer.from(salt) : salt instanceof Uint8Array ? Buffer.from(salt) : undefined;
  if (bytes && bytes.length >= LEAST_BYTES) return bytes;
  throw new UserCacheTypeError(
    'ERR_UC_BAD_SALT',
    `options.salts.read must resolve to at least ${LEAST_BYTES} random bytes (a Uint8Array or a string), or to undefined ` +
      `for a user who has no salt; ${bytes ? 'this salt is shorter' : 'this is neither'}`,
  );
}
