import { graceOf, milliseconds, type Ttl } from '../policy/duration.js';
import { type Patience, patienceOf, type Timeout } from '../policy/loads.js';
import type { Target } from './scope.js';

export interface EntryOptions {
  /** Instead of the namespace's. */
  readonly ttl?: Ttl;
  /** Instead of the namespace's: how long after its TTL the entry may be served where its load throws; 0 for not at all. */
  readonly grace?: Ttl;
}

/** Of a call that loads. */
export interface LoadOptions extends EntryOptions {
  /** Instead of the namespace's, each of both: how long the load may keep its readers waiting. */
  readonly timeout?: Timeout;
}

/** How long an entry lives, and how long it is kept after that, in ms. */
export interface Lifetime {
  readonly ttl: number;
  readonly grace: number;
}

/** What a load is run under. */
export type Terms = Lifetime & Patience;

/** @throws {UserCacheTypeError} `ERR_UC_BAD_TTL` */
export const lifetime = ({ policy }: Target, options: EntryOptions | undefined): Lifetime =>
  options === undefined
    ? policy
    : {
        ttl: options.ttl === undefined ? policy.ttl : milliseconds(options.ttl, policy.namespace),
        grace: options.grace === undefined ? policy.grace : graceOf(options.grace, policy.namespace),
      };

/** @throws {UserCacheTypeError} `ERR_UC_BAD_TTL`, `ERR_UC_BAD_OPTION`, `ERR_UC_UNKNOWN_OPTION` */
export function terms(target: Target, options: LoadOptions | undefined): Terms {
  if (options === undefined) return target.policy;
  const { ttl, grace } = lifetime(target, options);
  const { soft, hard } = patienceOf(options.timeout, grace, 'options.timeout', target.policy);
  return { ttl, grace, soft, hard };
}
