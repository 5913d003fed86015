import type { StandardSchemaV1 } from '@standard-schema/spec';
import { UserCacheTypeError } from '../errors.js';
import type { Codec } from '../entry/codec.js';
import { formatOf } from '../entry/envelope.js';
import { json } from '../entry/json.js';
import { graceOf, milliseconds, type Ttl } from './duration.js';
import { knownOptions } from './known-options.js';
import { checkL1Mode, type L1Mode } from './l1.js';
import {
  concurrencyOf,
  eagernessOf,
  type LoadsOptions,
  type Patience,
  patienceOf,
  checkSingleFlight,
  type SingleFlight,
  type Timeout,
} from './loads.js';

/** What `mutate` does where it cannot place its hold. */
export type OnUnavailable = 'proceed' | 'throw';

/** What holds for every entry of a namespace. */
export interface NamespaceOptions {
  /** How long an entry lives: `short` 10 min, `medium` 1 h, `long` 24 h, a duration such as `'90s'`, or ms. */
  readonly ttl: Ttl;
  /** Raise it when the shape of the values changes: entries of other versions are misses, invalidations reach them all. 1. */
  readonly version?: number;
  /** Encrypted, and never stored without: needs `secret`. */
  readonly sensitive?: boolean;
  /** A Standard Schema (zod, valibot, arktype, …) that every value passes when it is loaded and when it is read. */
  readonly schema?: StandardSchemaV1;
  /** How values become text. Default: `json`, which refuses what JSON would change without a word. */
  readonly codec?: Codec;
  /** How long after its TTL an entry may still be served where its load throws. Never one that was invalidated. None. */
  readonly grace?: Ttl;
  /** How long a load may keep its readers waiting. For ever. */
  readonly timeout?: Timeout;
  /**
   * A hit near the expiry of its entry starts a load in the background, the likelier the nearer and the longer loads take;
   * the load may run after the response. A number above 1 starts it earlier, below 1 later. Off.
   */
  readonly eager?: boolean | number;
  /** Where one load runs for all who miss: in each process (default), or in one of all, and the others wait for what it stores. */
  readonly singleFlight?: SingleFlight;
  /** How many loads run at a time. Any number. */
  readonly loads?: LoadsOptions;
  /** Instead of `options.onUnavailable`: `throw` where stale data would be a danger, as with permissions. */
  readonly onUnavailable?: OnUnavailable;
  /**
   * Every caller gets a value of its own, which may be changed. Off: what is returned is frozen in depth, and the same for
   * many, so that nothing is copied.
   */
  readonly clone?: boolean;
  /** Whether this process keeps copies. `off` (default), `validated` or `bounded`. */
  readonly l1?: L1Mode;
}

export type Namespaces = Readonly<Record<string, NamespaceOptions>>;

/** What `shared` is where it is left out: the empty string names no namespace, so no key compiles. */
export type NoNamespaces = Readonly<Partial<Record<'', never>>>;

/** The value type of a namespace: what its schema says, else unknown. */
export type ValueOf<N extends NamespaceOptions | undefined> = N extends {
  readonly schema: infer S extends StandardSchemaV1;
}
  ? StandardSchemaV1.InferOutput<S>
  : unknown;

/** A namespace, checked. */
export interface Policy extends Patience {
  readonly namespace: string;
  /** ms */
  readonly ttl: number;
  readonly version: number;
  readonly sensitive: boolean;
  readonly schema: StandardSchemaV1 | undefined;
  readonly codec: Codec;
  /** The first line of its entries. */
  readonly format: string;
  /** ms, 0 for none */
  readonly grace: number;
  readonly onUnavailable: OnUnavailable;
  readonly clone: boolean;
  readonly l1: L1Mode;
  readonly singleFlight: SingleFlight;
  /** How early hits refresh; absent for not at all. */
  readonly eager: number | undefined;
  /** Loads at a time; absent for any number. */
  readonly concurrency: number | undefined;
}

export type Policies = ReadonlyMap<string, Policy>;

/** What the options around the namespaces say about all of them. */
interface Common {
  readonly hasSecret: boolean;
  readonly onUnavailable: OnUnavailable;
}

const OPTIONS: Readonly<Record<keyof NamespaceOptions, true>> = {
  ttl: true,
  version: true,
  sensitive: true,
  schema: true,
  codec: true,
  grace: true,
  timeout: true,
  eager: true,
  singleFlight: true,
  loads: true,
  onUnavailable: true,
  clone: true,
  l1: true,
};

const PATIENT: Patience = { soft: undefined, hard: undefined };

const NAME = /^[A-Za-z][\w-]{0,63}$/;

/**
 * @throws {UserCacheTypeError} `ERR_UC_BAD_OPTION`, `ERR_UC_UNKNOWN_OPTION`, `ERR_UC_BAD_TTL`, `ERR_UC_SECRET_REQUIRED`
 */
export function checkNamespaces(namespaces: unknown, where: string, common: Common): Policies {
  if (typeof namespaces !== 'object' || namespaces === null) {
    throw new UserCacheTypeError('ERR_UC_BAD_OPTION', `options.${where} must be an object of namespaces`);
  }
  return new Map(
    Object.entries(namespaces).map(([name, options]) => [
      name,
      checkNamespace(name, options, `options.${where}.${name}`, common),
    ]),
  );
}

export const isOnUnavailable = (value: unknown): value is OnUnavailable => value === 'proceed' || value === 'throw';

function checkNamespace(namespace: string, options: unknown, where: string, common: Common): Policy {
  if (!NAME.test(namespace)) {
    throw new UserCacheTypeError(
      'ERR_UC_BAD_OPTION',
      `${where}: a namespace is a letter, then up to 63 letters, digits, - or _`,
    );
  }
  knownOptions(options, where, Object.keys(OPTIONS));
  const {
    ttl,
    version = 1,
    sensitive = false,
    schema,
    codec = json,
    grace = 0,
  } = options as unknown as NamespaceOptions;
  const { onUnavailable = common.onUnavailable, clone = false, l1 = 'off' } = options as unknown as NamespaceOptions;
  if (!Number.isSafeInteger(version) || version < 0) {
    throw new UserCacheTypeError('ERR_UC_BAD_OPTION', `${where}.version must be a whole number`);
  }
  for (const [name, value] of Object.entries({ sensitive, clone })) {
    if (typeof value === 'boolean') continue;
    throw new UserCacheTypeError('ERR_UC_BAD_OPTION', `${where}.${name} must be true or false`);
  }
  if (!isOnUnavailable(onUnavailable)) {
    throw new UserCacheTypeError('ERR_UC_BAD_OPTION', `${where}: onUnavailable must be 'proceed' or 'throw'`);
  }
  if (sensitive && !common.hasSecret) {
    throw new UserCacheTypeError(
      'ERR_UC_SECRET_REQUIRED',
      `${where} is sensitive, so its entries must be encrypted; set options.secret`,
    );
  }
  if (schema !== undefined && typeof (schema as Partial<StandardSchemaV1>)['~standard']?.validate !== 'function') {
    throw new UserCacheTypeError(
      'ERR_UC_BAD_OPTION',
      `${where}.schema must be a Standard Schema, such as zod's or valibot's`,
    );
  }
  if (!isCodec(codec)) {
    throw new UserCacheTypeError(
      'ERR_UC_BAD_OPTION',
      `${where}.codec must have stringify, parse and a name of 1 to 32 letters, digits, ., _ or -; 'json' is the default's`,
    );
  }
  const times = { ttl: milliseconds(ttl, where), grace: graceOf(grace, `${where}.grace`) };
  const { timeout, loads, eager, singleFlight = 'process' } = options as unknown as NamespaceOptions;
  const concurrency = concurrencyOf(loads, `${where}.loads`);
  const ahead = { concurrency, eager: eagernessOf(eager, where), singleFlight: checkSingleFlight(singleFlight, where) };
  const patience = patienceOf(timeout, times.grace, `${where}.timeout`, PATIENT);
  return {
    namespace,
    ...times,
    ...patience,
    ...ahead,
    version,
    sensitive,
    schema,
    codec,
    format: formatOf(codec.name),
    onUnavailable,
    clone,
    l1: checkL1Mode(l1, where),
  };
}

function isCodec(codec: Partial<Codec> | null): boolean {
  if (codec === json) return true;
  const { name, stringify, parse } = codec ?? {};
  return (
    typeof name === 'string' &&
    /^[\w.-]{1,32}$/.test(name) &&
    name !== json.name &&
    typeof stringify === 'function' &&
    typeof parse === 'function'
  );
}
