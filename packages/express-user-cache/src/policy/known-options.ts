import { UserCacheTypeError } from '../errors.js';

/**
 * An option that nobody reads would be a promise nobody keeps: a misspelt `sensitve` must not pass.
 *
 * @throws {UserCacheTypeError} `ERR_UC_BAD_OPTION`, `ERR_UC_UNKNOWN_OPTION`
 */
export function knownOptions(
  options: unknown,
  where: string,
  known: readonly string[],
): asserts options is Record<string, unknown> {
  if (typeof options !== 'object' || options === null || Array.isArray(options)) {
    throw new UserCacheTypeError('ERR_UC_BAD_OPTION', `${where} must be an object`);
  }
  const unknown = Object.keys(options).find((name) => !known.includes(name));
  if (unknown !== undefined) {
    throw new UserCacheTypeError(
      'ERR_UC_UNKNOWN_OPTION',
      `${where} has no option '${unknown}'; it knows ${known.join(', ')}`,
    );
  }
}
