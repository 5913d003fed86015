import { randomUUID } from 'node:crypto';
import { MemoryStore, type RedisClient, userCache, type UserCacheMiddleware } from '../../src/index.js';
import { clients, redisUrl } from './redis.js';

export const namespaces = {
  conversation: { ttl: 'medium' },
  profile: { ttl: '4h' },
  search: { ttl: 'short' },
} as const;
const shared = { config: { ttl: 'long' } } as const;

export type TestCache = UserCacheMiddleware<typeof namespaces, typeof shared>;

/** Processes that share a store: each has its own connection and its own loads in flight. */
export interface Fleet {
  process(): TestCache;
  close(): Promise<void>;
}

export interface Deployment {
  readonly name: string;
  readonly start: () => Fleet;
}

/** A busy machine must not turn a read into a bypass: the deadlines have tests of their own. */
export const PATIENT = { read: 10_000, write: 10_000 } as const;

const SECRET = 'a secret of the tests, which is long enough';

function fleet(options: () => { redis: RedisClient } | { store: MemoryStore }, secret: boolean): Fleet {
  const app = randomUUID().slice(0, 18);
  const caches: TestCache[] = [];
  const common = { app, namespaces, shared, deadlines: PATIENT, ...(secret && { secret: SECRET }) };
  return {
    process() {
      const cache = userCache({ ...common, ...options() });
      caches.push(cache);
      return cache;
    },
    async close() {
      await Promise.all(caches.map((cache) => cache.forUser('alice').invalidateAll()));
      await Promise.all(caches.map((cache) => cache.close()));
    },
  };
}

/** Every store there is, readable and opaque. */
export const deployments: readonly Deployment[] = [false, true].flatMap((secret) => {
  const suffix = secret ? ', sealed' : '';
  const memory: Deployment = {
    name: `memory${suffix}`,
    start: () => {
      const store = new MemoryStore();
      return fleet(() => ({ store }), secret);
    },
  };
  const remote = clients.map(([name, connect]) => ({
    name: `${name}${suffix}`,
    start: () => fleet(() => ({ redis: connect() }), secret),
  }));
  return redisUrl === '' ? [memory] : [memory, ...remote];
});
