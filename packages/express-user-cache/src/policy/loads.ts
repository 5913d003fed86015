import { UserCacheTypeError } from '../errors.js';
import { graceOf, milliseconds, type Ttl } from './duration.js';
import { knownOptions } from './known-options.js';

/** How long a load may keep its readers waiting. */
export interface Timeout {
  /** After it a reader gets the expired entry, if there is one in `grace`; the load goes on. 0: at once. Needs `grace`. */
  readonly soft?: Ttl | undefined;
  /** After it the load's `signal` fires, and its readers get the entry in `grace` or `ERR_UC_LOAD_TIMEOUT`. */
  readonly hard?: Ttl | undefined;
}

/** @see Timeout; in ms, `undefined` for never. */
export interface Patience {
  readonly soft: number | undefined;
  readonly hard: number | undefined;
}

/** How far a load reaches that others wait for: in this process, or in all. */
export type SingleFlight = 'process' | 'everywhere';

/** @see NamespaceOptions */
export interface LoadsOptions {
  /** Loads of the namespace at a time, in this process; more wait for their turn, and their `timeout.hard` counts meanwhile. */
  readonly concurrency?: number | undefined;
}

/**
 * What `timeout` says, else what holds without it.
 *
 * @throws {UserCacheTypeError} `ERR_UC_BAD_TTL`, `ERR_UC_BAD_OPTION`, `ERR_UC_UNKNOWN_OPTION`
 */
export function patienceOf(timeout: unknown, grace: number, where: string, otherwise: Patience): Patience {
  if (timeout === undefined) return otherwise;
  knownOptions(timeout, where, ['soft', 'hard']);
  const { soft, hard } = timeout;
  const own = {
    soft: soft === undefined ? undefined : graceOf(soft, `${where}.soft`),
    hard: hard === undefined ? undefined : milliseconds(hard, `${where}.hard`),
  };
  require(own.soft === undefined || grace > 0, `${where}.soft serves what is in grace; set grace`);
  require(own.soft === undefined ||
    own.hard === undefined ||
    own.soft < own.hard, `${where}.soft must be shorter than hard`);
  return { soft: own.soft ?? otherwise.soft, hard: own.hard ?? otherwise.hard };
}

/** @throws {UserCacheTypeError} `ERR_UC_BAD_OPTION`, `ERR_UC_UNKNOWN_OPTION` */
export function concurrencyOf(loads: unknown, where: string): number | undefined {
  if (loads === undefined) return undefined;
  knownOptions(loads, where, ['concurrency']);
  const { concurrency } = loads as LoadsOptions;
  require(Number.isSafeInteger(concurrency) &&
    (concurrency ?? 0) > 0, `${where}.concurrency must be a whole number above 0`);
  return concurrency;
}

/** @throws {UserCacheTypeError} `ERR_UC_BAD_OPTION` */
export function eagernessOf(eager: unknown, where: string): number | undefined {
  if (eager === undefined || eager === false) return undefined;
  const beta = eager === true ? 1 : eager;
  require(typeof beta === 'number' &&
    beta > 0 &&
    Number.isFinite(beta), `${where}.eager must be true, false or a number above 0`);
  return beta as number;
}

/** @throws {UserCacheTypeError} `ERR_UC_BAD_OPTION` */
export function checkSingleFlight(value: unknown, where: string): SingleFlight {
  require(value === 'process' || value === 'everywhere', `${where}.singleFlight must be 'process' or 'everywhere'`);
  return value as SingleFlight;
}

function require(holds: boolean, rule: string): void {
  if (!holds) throw new UserCacheTypeError('ERR_UC_BAD_OPTION', rule);
}
