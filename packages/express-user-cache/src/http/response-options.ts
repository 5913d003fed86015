import type { Request } from 'express';
import { UserCacheTypeError } from '../errors.js';
import type { Parts } from '../handle/types.js';
import { milliseconds, type Ttl } from '../policy/duration.js';
import { knownOptions } from '../policy/known-options.js';
import type { Policy } from '../policy/namespaces.js';
import type { Settings } from '../policy/options.js';
import { HELD } from './storable.js';

/** How the responses of a route are cached. */
export interface ResponseOptions<Name extends string = string> {
  /** One of the options' namespaces, without a schema: its entries are responses. */
  readonly namespace: Name;
  /** Instead of the namespace's. */
  readonly ttl?: Ttl | undefined;
  /** The key after its namespace, as `invalidate` will name it. Default: the segments of the path. */
  readonly key?: ((req: Request) => Parts) | undefined;
  /** Stores responses with the status 404, too. Off. */
  readonly notFound?: boolean | undefined;
  /** Names of headers that entries hold in addition to the usual ones. */
  readonly headers?: readonly string[] | undefined;
}

/** The options, checked and completed. */
export interface ResponsePlan {
  readonly policy: Policy;
  /** ms */
  readonly ttl: number;
  readonly key: ((req: Request) => Parts) | undefined;
  readonly statuses: readonly number[];
  /** By lower-case name. */
  readonly held: ReadonlySet<string>;
}

/** They are another answer's, or are made for each. */
const NEVER_HELD = ['set-cookie', 'content-encoding', 'content-length', 'transfer-encoding', 'connection', 'date'];

const KNOWN: Readonly<Record<keyof ResponseOptions, true>> = {
  namespace: true,
  ttl: true,
  key: true,
  notFound: true,
  headers: true,
};

/** @throws {UserCacheTypeError} `ERR_UC_BAD_OPTION`, `ERR_UC_UNKNOWN_OPTION`, `ERR_UC_UNKNOWN_NAMESPACE`, `ERR_UC_BAD_TTL` */
export function checkResponseOptions({ namespaces }: Settings, options: ResponseOptions): ResponsePlan {
  knownOptions(options, 'the options of cache.response', Object.keys(KNOWN));
  const { namespace, ttl, key, notFound = false, headers = [] } = options;
  const policy = namespaces.get(namespace);
  if (!policy) {
    throw new UserCacheTypeError(
      'ERR_UC_UNKNOWN_NAMESPACE',
      'options.namespace of cache.response is not one of options.namespaces; declare it there',
    );
  }
  require(policy.schema ===
    undefined, 'namespace has a schema, and its entries would be responses; declare another one');
  require(key === undefined || typeof key === 'function', 'key must be a function');
  require(typeof notFound === 'boolean', 'notFound must be true or false');
  require(Array.isArray(headers) &&
    headers.every(
      (name) => typeof name === 'string' && /^[A-Za-z0-9-]+$/.test(name),
    ), 'headers must be a list of names of headers');
  const names = headers.map((name) => name.toLowerCase());
  require(!names.some((name) => NEVER_HELD.includes(name)), `headers must not name ${NEVER_HELD.join(', ')}`);
  return {
    policy,
    ttl: ttl === undefined ? policy.ttl : milliseconds(ttl, 'options.ttl of cache.response'),
    key,
    statuses: notFound ? [200, 404] : [200],
    held: new Set([...HELD, ...names]),
  };
}

function require(holds: boolean, rule: string): void {
  if (!holds) throw new UserCacheTypeError('ERR_UC_BAD_OPTION', `cache.response: options.${rule}`);
}
