import { UserCacheTypeError } from '../errors.js';
import { knownOptions } from './known-options.js';

/**
 * How a namespace uses the copies that this process keeps. `off`: not at all. `validated`: one small read proves a copy
 * before it is returned. `bounded`: none does; a copy may be stale for `l1.maxStale` after an invalidation elsewhere.
 */
export type L1Mode = 'off' | 'validated' | 'bounded';

export interface L1Options {
  /** Bytes of all copies together, by the length of their JSON. 64 MiB; one user's at most an eighth of it. */
  readonly maxBytes: number;
  /** ms that `bounded` namespaces may be stale after an invalidation in another process. 2,000. */
  readonly maxStale: number;
}

const MODES: readonly unknown[] = ['off', 'validated', 'bounded'] satisfies L1Mode[];
const DEFAULTS: L1Options = { maxBytes: 64 * 2 ** 20, maxStale: 2_000 };
/** Four heartbeats are sent in the time of `maxStale`, so less than this is a load on Redis and no gain. */
const LEAST: L1Options = { maxBytes: 2 ** 16, maxStale: 100 };

/** @throws {UserCacheTypeError} `ERR_UC_BAD_OPTION`, `ERR_UC_UNKNOWN_OPTION` */
export function checkL1(l1: unknown): L1Options {
  knownOptions(l1, 'options.l1', Object.keys(DEFAULTS));
  const settings = { ...DEFAULTS, ...l1 };
  for (const name of ['maxBytes', 'maxStale'] as const) {
    if (Number.isSafeInteger(settings[name]) && settings[name] >= LEAST[name]) continue;
    throw new UserCacheTypeError(
      'ERR_UC_BAD_OPTION',
      `options.l1.${name} must be a whole number of at least ${LEAST[name]}`,
    );
  }
  return settings;
}

/** @throws {UserCacheTypeError} `ERR_UC_BAD_OPTION` */
export function checkL1Mode(mode: unknown, where: string): L1Mode {
  if (MODES.includes(mode)) return mode as L1Mode;
  throw new UserCacheTypeError('ERR_UC_BAD_OPTION', `${where}.l1 must be 'off', 'validated' or 'bounded'`);
}
