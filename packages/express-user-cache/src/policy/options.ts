import type { Request } from 'express';
import { UserCacheTypeError } from '../errors.js';
import type { Store } from '../store/store.js';
import type { RedisClient } from '../store/redis/client.js';
import type { Durability } from '../store/redis/durability.js';
import type { Deadlines } from '../store/redis/link.js';
import { knownOptions } from './known-options.js';
import { checkL1, type L1Options } from './l1.js';
import { checkNamespaces, isOnUnavailable, type Namespaces, type OnUnavailable, type Policies } from './namespaces.js';
import { checkSalts, type Salts, type UserId } from './salts.js';
import { checkSecrets } from './secrets.js';

/** What to do for a request that no user is behind. */
export type AnonymousPolicy = 'bypass' | 'reject' | 'session';

export interface UserCacheOptions<N extends Namespaces = Namespaces, S extends Namespaces = Namespaces> {
  /** What a user's cache holds, by namespace. */
  readonly namespaces: N;
  /** What is the same for every user: `req.sharedCache`. A namespace is either a user's or shared. */
  readonly shared?: S | undefined;
  /** A client of ioredis 5.10 or later, or 6. Left out: in this process. Its settings are duplicated, the client is not used. */
  readonly redis?: RedisClient | undefined;
  /** A store of your own, in place of `redis`. */
  readonly store?: Store | undefined;
  /** The id of the session's user; `undefined` or `null` for nobody. Default: session.userId, session.user.id, passport's user.id. */
  readonly identify?: ((req: Request) => UserId | null | undefined) | undefined;
  /** `bypass` (default): loads run, nothing is stored. `reject`: a 401 error. `session`: the session id owns a bucket of its own. */
  readonly anonymous?: AnonymousPolicy | undefined;
  /**
   * At least 32 bytes each, newest first: opaque names in the store and encrypted entries. `undefined` is refused, or a
   * variable that is not set would turn encryption off.
   */
  readonly secret?: string | undefined | readonly (string | undefined)[];
  /**
   * A salt for each user, kept in the user's row, as part of the key that seals their entries: once it is deleted nobody can
   * read what is left of them in any backup of Redis. Needs `secret`.
   */
  readonly salts?: Salts | undefined;
  /** Keeps applications on one Redis apart: letters, digits and -. */
  readonly app?: string | undefined;
  readonly limits?: Partial<Limits> | undefined;
  /** The copies that this process keeps; whether they are used is a namespace's choice. */
  readonly l1?: Partial<L1Options> | undefined;
  /** How much of its TTL an entry may lose at random, so that what was stored together does not expire together. 0.1. */
  readonly jitter?: number | undefined;
  /** How long Redis may take, in ms. */
  readonly deadlines?: Deadlines | undefined;
  /**
   * What `mutate` does where it cannot place its hold: `proceed` (default) runs the write, `throw` rejects before it. A
   * namespace may decide otherwise.
   */
  readonly onUnavailable?: OnUnavailable | undefined;
  /** Asks Redis after every invalidation how many replicas have it, and says where they are too few. Off. */
  readonly durability?: Durability | undefined;
  /** Says `hit`, `miss` or `bypass` in this response header, for development: `true` for `X-User-Cache`. Off. */
  readonly header?: boolean | string | undefined;
  /** Sends `Cache-Control: private, no-store` with every response that used `req.userCache`, unless it was set before. On. */
  readonly cacheControl?: boolean | undefined;
  /** The clock in ms, for tests. */
  readonly now?: (() => number) | undefined;
}

export interface Limits {
  /** 256 */
  readonly entriesPerUser: number;
  /** Of all shared namespaces together. 4,096. */
  readonly sharedEntries: number;
  /** Bytes of an entry. 256 KiB. */
  readonly bytesPerEntry: number;
  /** Loads at a time, over the whole process, while the store cannot be asked; more wait for their turn. 100. */
  readonly loadsWithoutStore: number;
}

/** Options, checked and completed. */
export interface Settings {
  readonly namespaces: Policies;
  readonly shared: Policies;
  readonly secrets: readonly [Buffer, ...Buffer[]] | undefined;
  readonly app: string;
  readonly anonymous: AnonymousPolicy;
  readonly limits: Limits;
  readonly l1: L1Options;
  readonly jitter: number;
  readonly header: string | undefined;
  readonly cacheControl: boolean;
  readonly now: () => number;
}

const LIMITS: Limits = {
  entriesPerUser: 256,
  sharedEntries: 4_096,
  bytesPerEntry: 256 * 1024,
  loadsWithoutStore: 100,
};

const OPTIONS: Readonly<Record<keyof UserCacheOptions, true>> = {
  namespaces: true,
  shared: true,
  redis: true,
  store: true,
  identify: true,
  anonymous: true,
  secret: true,
  salts: true,
  app: true,
  limits: true,
  l1: true,
  jitter: true,
  deadlines: true,
  onUnavailable: true,
  durability: true,
  header: true,
  cacheControl: true,
  now: true,
};

/**
 * Checks everything at once, when the application starts: what is wrong here must not wait for a request.
 *
 * @throws {UserCacheTypeError} the codes of `docs/errors.md` for options
 */
export function checkOptions(options: UserCacheOptions): Settings {
  knownOptions(options, 'options', Object.keys(OPTIONS));
  const { app = '', anonymous = 'bypass', jitter = 0.1, header = false, cacheControl = true, now = Date.now } = options;
  const secrets = 'secret' in options ? checkSecrets(options.secret) : undefined;
  checkSalts(options.salts, secrets !== undefined);
  const { onUnavailable = 'proceed' } = options;
  require(isOnUnavailable(onUnavailable), "onUnavailable must be 'proceed' or 'throw'");
  const common = { hasSecret: secrets !== undefined, onUnavailable };
  const namespaces = checkNamespaces(options.namespaces, 'namespaces', common);
  const shared = checkNamespaces(options.shared ?? {}, 'shared', common);
  for (const name of shared.keys()) {
    if (namespaces.has(name)) {
      throw new UserCacheTypeError(
        'ERR_UC_NAMESPACE_OVERLAP',
        `The namespace '${name}' is in options.namespaces and in options.shared; it is either a user's or everybody's`,
      );
    }
  }
  require(options.redis === undefined || options.store === undefined, 'redis and options.store exclude each other');
  require(options.identify === undefined || typeof options.identify === 'function', 'identify must be a function');
  require(typeof app === 'string' && /^[A-Za-z0-9-]{0,32}$/.test(app), 'app must be up to 32 letters, digits or -');
  require(['bypass', 'reject', 'session'].includes(anonymous), "anonymous must be 'bypass', 'reject' or 'session'");
  require(typeof jitter === 'number' && jitter >= 0 && jitter <= 0.5, 'jitter must be a number from 0 to 0.5');
  require(typeof now === 'function', 'now must be a function');
  require(typeof cacheControl === 'boolean', 'cacheControl must be true or false');
  require(isHeader(header), 'header must be true, false or the name of a header');
  checkNumbers(options.deadlines ?? {}, 'deadlines', ['read', 'write']);
  checkDurability(options);
  checkNumbers(options.limits ?? {}, 'limits', Object.keys(LIMITS));
  return {
    namespaces,
    shared,
    secrets,
    app,
    anonymous,
    limits: { ...LIMITS, ...options.limits },
    l1: checkL1(options.l1 ?? {}),
    jitter,
    header: header === true ? 'X-User-Cache' : header || undefined,
    cacheControl,
    now,
  };
}

const isHeader = (header: unknown): boolean =>
  typeof header === 'boolean' || (typeof header === 'string' && /^[A-Za-z0-9-]+$/.test(header));

function checkDurability({ durability, redis }: UserCacheOptions): void {
  if (durability === undefined) return;
  require(redis !== undefined, 'durability is about the replicas of Redis; set options.redis');
  checkNumbers(durability, 'durability', ['replicas', 'timeout']);
  require('replicas' in durability, 'durability.replicas must be a whole number above 0');
}

function checkNumbers(group: unknown, name: string, known: readonly string[]): void {
  knownOptions(group, `options.${name}`, known);
  for (const [key, value] of Object.entries(group)) {
    require(Number.isSafeInteger(value) && (value as number) > 0, `${name}.${key} must be a whole number above 0`);
  }
}

function require(holds: boolean, rule: string): void {
  if (!holds) throw new UserCacheTypeError('ERR_UC_BAD_OPTION', `options.${rule}`);
}
