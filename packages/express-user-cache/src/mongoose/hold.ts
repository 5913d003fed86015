import type { UserCacheMiddleware } from '../administration.js';
import type { Key } from '../handle/types.js';
import { encodeParts } from '../key/encode.js';
import type { UserId } from '../policy/salts.js';

/** What the plugin needs of a cache. */
export type Caches = Pick<UserCacheMiddleware, 'forUser'>;

/** What an operation makes stale of one owner. */
export interface Stale {
  readonly cache: Caches;
  readonly owner: UserId;
  readonly keys: readonly Key[];
}

/** Invalidates what was held, and lets loads be stored again. @throws `ERR_UC_STORE_UNAVAILABLE` */
export type Release = () => Promise<void>;

/** Owners at a time: an update of ten thousand users' rows must not be ten thousand commands at once. */
const AT_A_TIME = 16;

/** More keys than that are their namespaces: a wider prefix is always right. */
const MOST_KEYS = 64;

/**
 * `mutate` of many owners around a write that begins and ends elsewhere. Resolves once every hold stands; where one cannot be
 * placed and must be, the others are released and nothing is written.
 *
 * @throws `ERR_UC_STORE_UNAVAILABLE` where a namespace has `onUnavailable: 'throw'`
 */
export async function hold(list: readonly Stale[]): Promise<Release> {
  const releases: Release[] = [];
  const releaseAll = (): Promise<void> => forEach(releases, (release) => release());
  try {
    await forEach(byOwner(list), async (stale) => {
      releases.push(await holdOne(stale));
    });
  } catch (error) {
    await releaseAll().catch(() => undefined);
    throw error;
  }
  return releaseAll;
}

async function holdOne({ cache, owner, keys }: Stale): Promise<Release> {
  let begin = (): void => undefined;
  let end = (): void => undefined;
  const begun = new Promise<void>((resolve) => (begin = resolve));
  const written = new Promise<void>((resolve) => (end = resolve));
  const mutation = cache.forUser(owner).mutate(keys, () => {
    begin();
    return written;
  });
  await Promise.race([begun, mutation]);
  return () => {
    end();
    return mutation;
  };
}

/** One hold for each owner, whatever the number of documents. */
function byOwner(list: readonly Stale[]): Stale[] {
  const caches = new Map<Caches, Map<UserId, Map<string, Key>>>();
  for (const { cache, owner, keys } of list) {
    const owners = caches.get(cache) ?? new Map<UserId, Map<string, Key>>();
    const known = owners.get(owner) ?? new Map<string, Key>();
    for (const key of keys) known.set(nameOf(key), key);
    caches.set(cache, owners.set(owner, known));
  }
  return [...caches].flatMap(([cache, owners]) =>
    [...owners].map(([owner, keys]) => ({ cache, owner, keys: narrowed([...keys.values()]) })),
  );
}

const nameOf = ([namespace, ...parts]: Key): string => [namespace, ...encodeParts(parts)].join('/');

function narrowed(keys: readonly Key[]): readonly Key[] {
  if (keys.length <= MOST_KEYS) return keys;
  return [...new Set(keys.map(([namespace]) => namespace))].map((namespace) => [namespace]);
}

/** All of them, a few at a time; rejects with the first error, after the last one has ended. */
async function forEach<T>(list: readonly T[], work: (one: T) => Promise<void>): Promise<void> {
  const rest = list.values();
  const errors: unknown[] = [];
  const worker = async (): Promise<void> => {
    for (const one of rest) await work(one).catch((error: unknown) => errors.push(error));
  };
  await Promise.all(Array.from({ length: Math.min(AT_A_TIME, list.length) }, worker));
  if (errors.length > 0) throw errors[0];
}
