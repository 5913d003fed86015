import { UserCacheTypeError } from '../errors.js';

const LEAST_BYTES = 32;

/**
 * The secrets as bytes, newest first.
 *
 * @throws {UserCacheTypeError} `ERR_UC_BAD_SECRET`
 */
export function checkSecrets(secret: unknown): [Buffer, ...Buffer[]] {
  const [newest, ...older] = (Array.isArray(secret) ? secret : [secret]).map(bytes);
  if (!newest) throw bad('options.secret is an empty list');
  if (new Set([newest, ...older].map((one) => one.toString('base64'))).size <= older.length) {
    throw bad('options.secret names one secret twice');
  }
  return [newest, ...older];
}

function bytes(secret: unknown): Buffer {
  // `[process.env.CACHE_SECRET]` with the variable unset must not turn encryption off.
  if (typeof secret !== 'string')
    throw bad('options.secret must be a string or a list of strings; is the variable set?');
  const buffer = Buffer.from(secret);
  if (buffer.length >= LEAST_BYTES) return buffer;
  throw bad(`options.secret must be at least ${LEAST_BYTES} bytes long, for example: openssl rand -base64 32`);
}

const bad = (problem: string): UserCacheTypeError => new UserCacheTypeError('ERR_UC_BAD_SECRET', problem);
