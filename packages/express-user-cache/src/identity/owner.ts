import { createHash } from 'node:crypto';
import { UserCacheTypeError } from '../errors.js';
import { encodePart } from '../key/encode.js';
import type { UserId } from '../policy/salts.js';

/** The text that names an owner. Users, sessions and everybody begin differently, so none can pose as another. */
export type Owner = string & { readonly __owner: unique symbol };

const owner = (text: string): Owner => text as Owner;

/** Everybody: who owns what is shared. */
export const EVERYBODY = owner('*');

/**
 * `0` is a user; `''`, `NaN` and objects are not. `1` and `'1'` are two users.
 *
 * @throws {UserCacheTypeError} `ERR_UC_BAD_OWNER`
 */
export function userOwner(id: unknown): Owner {
  const whole =
    typeof id === 'string'
      ? id !== '' && id.isWellFormed()
      : typeof id === 'number'
        ? Number.isFinite(id)
        : typeof id === 'bigint';
  if (whole) return owner(encodePart(id, 'the user id'));
  throw new UserCacheTypeError(
    'ERR_UC_BAD_OWNER',
    `A user id must be a non-empty string, a finite number or a bigint, not ${id === '' ? 'an empty string' : `a value of type ${typeof id}`}; ` +
      'convert database ids with String(id), and return undefined for nobody',
  );
}

/** Whether the owner is a user, and not a session or everybody. */
export const isUser = (owner: string): boolean => owner !== EVERYBODY && !owner.startsWith('@');

/**
 * The id of a user, read back from the text that names them: no handle has to carry both.
 *
 * @throws {UserCacheTypeError} `ERR_UC_BAD_OWNER` for an id so long that its text is a hash
 */
export function idOf(user: Owner): UserId {
  if (user.startsWith('$')) {
    throw new UserCacheTypeError('ERR_UC_BAD_OWNER', 'With options.salts a user id may have up to 200 characters');
  }
  if (!user.startsWith('#')) return decodeURIComponent(user);
  const digits = user.slice(1);
  return digits.endsWith('n') ? BigInt(digits.slice(0, -1)) : Number(digits);
}

/** A session id is as good as a password, so only its hash is ever written down. */
export const sessionOwner = (sessionId: string): Owner =>
  owner(`@${createHash('sha256').update(sessionId).digest('base64url')}`);
