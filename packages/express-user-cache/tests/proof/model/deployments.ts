import { hkdfSync, randomUUID } from 'node:crypto';
import { MemoryStore, type RedisClient, userCache, type UserCacheOptions, type UserId } from '../../../src/index.js';
import { userOwner } from '../../../src/identity/owner.js';
import { opaqueNames, readableNames } from '../../../src/key/name.js';
import { keyOf } from '../../../src/store/redis/key.js';
import { type Clock, fakeClock } from '../../../src/testing/clock.js';
import { namespaces, PATIENT, SECRET, withCopies } from '../../support/caches.js';
import { clients, redisUrl } from '../../support/redis.js';
import { MAX_STALE } from './program.js';

export type Cache = ReturnType<typeof userCache<typeof namespaces>>;

/** Processes over one store, and what happens to a store behind their backs. */
export interface World {
  readonly processes: readonly Cache[];
  readonly clock: Clock;
  /** Drops what is kept of the user, and perhaps of others. */
  evict(user: UserId): Promise<unknown>;
  /** Drops what is kept of these users. */
  flush(users: readonly UserId[]): Promise<unknown>;
  ready(): Promise<unknown>;
  close(): Promise<void>;
}

export interface ModelDeployment {
  readonly name: string;
  /** What other processes invalidate may be stale for so long, in ms. */
  readonly maxStale: number;
  readonly remote: boolean;
  readonly open: () => World;
}

const PROCESSES = 3;
/** A few users' entries: the least recently used of them go when something large comes. */
const MEMORY_BYTES = 2 ** 14;

interface Variant {
  readonly sealed: boolean;
  readonly l1: 'off' | 'validated' | 'bounded';
}

function processes(
  { sealed, l1 }: Variant,
  clock: Clock,
  app: string,
  options: () => Pick<UserCacheOptions, 'store' | 'redis'>,
): readonly Cache[] {
  return Array.from({ length: PROCESSES }, () =>
    userCache({
      ...options(),
      app,
      namespaces: withCopies(namespaces, l1),
      l1: { maxStale: MAX_STALE },
      jitter: 0,
      deadlines: PATIENT,
      now: clock.now,
      ...(sealed && { secret: SECRET }),
    }),
  );
}

function inMemory(variant: Variant): World {
  const clock = fakeClock();
  const store = new MemoryStore({ maxBytes: MEMORY_BYTES, now: clock.now });
  const caches = processes(variant, clock, 'model', () => ({ store }));
  return {
    processes: caches,
    clock,
    async evict() {
      const stamp = await store.open('large');
      const entry = 'x'.repeat(MEMORY_BYTES - 2_000);
      const times = { ttl: 1, expiresAt: 1, maxEntries: 1 };
      await store.fill('large', { stamp, prefixes: [], name: 'v', entry, supersedes: false, ...times });
    },
    flush: () => store.close(),
    ready: () => Promise.resolve(),
    close: () => store.close(),
  };
}

function onRedis(variant: Variant, connect: () => RedisClient): World {
  const clock = fakeClock();
  const app = `model-${randomUUID().slice(0, 8)}`;
  const caches = processes(variant, clock, app, () => ({ redis: connect() }));
  const names = variant.sealed
    ? opaqueNames(Buffer.from(hkdfSync('sha256', SECRET, '', 'uc:1:names', 32)))
    : readableNames;
  const client = clients[1][1]();
  const flush = (users: readonly UserId[]): Promise<unknown> =>
    client.unlink(users.map((user) => keyOf(names.bucket(`${app}/${userOwner(user)}`))));
  return {
    processes: caches,
    clock,
    evict: (user) => flush([user]),
    flush,
    ready: () => Promise.all(caches.map((cache) => cache.ready())),
    async close() {
      client.disconnect();
      await Promise.all(caches.map((cache) => cache.close()));
    },
  };
}

const named = (store: string, { sealed, l1 }: Variant): string =>
  `${store}${sealed ? ', sealed' : ''}${l1 === 'off' ? '' : `, ${l1}`}`;

const both = [false, true];

const memory: readonly ModelDeployment[] = both.flatMap((sealed) =>
  (['off', 'validated'] as const).map((l1) => ({
    name: named('memory', { sealed, l1 }),
    maxStale: 0,
    remote: false,
    open: () => inMemory({ sealed, l1 }),
  })),
);

const remote: readonly ModelDeployment[] = clients.flatMap(([store, connect]) =>
  both.flatMap((sealed) =>
    (['off', 'validated', 'bounded'] as const).map((l1) => ({
      name: named(store, { sealed, l1 }),
      maxStale: l1 === 'bounded' ? MAX_STALE : 0,
      remote: true,
      open: () => onRedis({ sealed, l1 }, connect),
    })),
  ),
);

export const modelDeployments: readonly ModelDeployment[] = redisUrl === '' ? memory : [...memory, ...remote];
