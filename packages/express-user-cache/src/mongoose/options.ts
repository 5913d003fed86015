import { UserCacheTypeError } from '../errors.js';
import type { NameOf } from '../handle/types.js';
import { knownOptions } from '../policy/known-options.js';
import type { Namespaces } from '../policy/namespaces.js';
import type { UserId } from '../policy/salts.js';
import type { UserCacheMiddleware } from '../administration.js';
import type { Caches } from './hold.js';
import type { Schema, SchemaType } from './parts.js';

/** The part of the middleware that the plugin calls. */
export type CacheOf<N extends Namespaces> = Pick<UserCacheMiddleware<N>, 'forUser'>;

export interface InvalidateUserCacheOptions<N extends Namespaces = Namespaces> {
  /** What `userCache()` returned, or a function that returns it: models are often defined first. */
  readonly cache: CacheOf<N> | (() => CacheOf<N>);
  /** The field that holds the id of the user whose the document is: a string, a number, a bigint, an ObjectId or a UUID. */
  readonly owner: string;
  /**
   * The keys that a write makes stale: for each namespace the fields whose values are its parts. `[]` is the whole
   * namespace. From the first field on that an operation does not tell, the key ends: a shorter key reaches more.
   */
  readonly keys: Readonly<Partial<Record<NameOf<N>, readonly string[]>>>;
}

/** What an operation says for itself: whose data it changes, or, as `false`, that none of it is cached. */
export type UserCacheOperation = false | { readonly owners: readonly UserId[] };

/** Options, checked. */
export interface Rules {
  readonly cache: () => Caches;
  readonly owner: string;
  readonly keys: readonly (readonly [namespace: string, fields: readonly string[]])[];
}

const OWNERS = ['String', 'Number', 'ObjectId', 'ObjectID', 'BigInt', 'UUID', 'Int32', 'Double'];

/** @throws {UserCacheTypeError} `ERR_UC_BAD_OPTION`, `ERR_UC_UNKNOWN_OPTION` */
export function checkRules<N extends Namespaces>(options: InvalidateUserCacheOptions<N>, schema: Schema): Rules {
  const where = 'invalidateUserCache()';
  knownOptions(options, where, ['cache', 'owner', 'keys']);
  const { cache, owner, keys } = options as unknown as InvalidateUserCacheOptions;
  if (typeof cache !== 'function')
    throw bad(`${where}: cache must be what userCache() returned, or a function that returns it`);
  const type = typeof owner === 'string' ? (schema.path(owner) as SchemaType | undefined) : undefined;
  if (!type || !OWNERS.includes(type.instance)) {
    throw bad(
      `${where}: owner must name a field of the schema that holds one id of a user; declare it before the plugin`,
    );
  }
  if (!isKeys(keys)) {
    throw bad(`${where}: keys must say which namespaces a write makes stale, such as { conversation: ['_id'] }`);
  }
  for (const [namespace, fields] of Object.entries(keys)) {
    if (Array.isArray(fields) && fields.every((field) => schema.path(String(field)) !== undefined)) continue;
    throw bad(`${where}: keys.${namespace} must be a list of fields of the schema, declared before the plugin`);
  }
  return {
    cache: () => (isCache(cache) ? cache : cache()),
    owner,
    keys: Object.entries(keys).map(([namespace, fields = []]) => [namespace, fields]),
  };
}

const isKeys = (keys: unknown): boolean => typeof keys === 'object' && keys !== null && Object.keys(keys).length > 0;

/** The middleware is a function, too. */
const isCache = (cache: Caches | (() => Caches)): cache is Caches => 'forUser' in cache;

/** What the option `userCache` of an operation says. @throws {UserCacheTypeError} `ERR_UC_BAD_OPTION` */
export function operationOf(option: unknown): UserCacheOperation | undefined {
  if (option === undefined || option === false) return option;
  const { owners } = (option ?? {}) as { owners?: unknown };
  if (!Array.isArray(owners)) throw bad('The option userCache of an operation is { owners: [id, …] } or false');
  return { owners: owners as UserId[] };
}

const bad = (problem: string): UserCacheTypeError => new UserCacheTypeError('ERR_UC_BAD_OPTION', problem);
