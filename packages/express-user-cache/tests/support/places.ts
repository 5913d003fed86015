import { randomUUID } from 'node:crypto';
import { type L1Mode, MemoryStore, type Namespaces, userCache, type UserCacheMiddleware } from '../../src/index.js';
import { PATIENT } from './caches.js';
import { clients, redisUrl } from './redis.js';

/** Processes that share a store, under one clock that the test moves. */
export interface Processes<N extends Namespaces> {
  readonly clock: { now: number };
  /** One more. */
  readonly start: () => UserCacheMiddleware<N>;
  readonly close: () => Promise<void>;
}

export interface Place {
  readonly name: string;
  readonly open: <const N extends Namespaces>(namespaces: N) => Processes<N>;
}

/** Every kind of store: in the process, in Redis, and in Redis behind copies in the process. */
export const places: readonly Place[] = [
  { name: 'memory', open: place(() => undefined, 'off') },
  ...(redisUrl === ''
    ? []
    : [
        { name: 'Redis', open: place(() => clients[1][1](), 'off') },
        { name: 'Redis behind copies', open: place(() => clients[1][1](), 'validated') },
      ]),
];

function place(connect: () => ReturnType<(typeof clients)[1][1]> | undefined, l1: L1Mode): Place['open'] {
  return <const N extends Namespaces>(of: N): Processes<N> => {
    const clock = { now: Date.now() };
    const now = (): number => clock.now;
    const memory = new MemoryStore({ now });
    const app = randomUUID().slice(0, 18);
    const namespaces = Object.fromEntries(Object.entries(of).map(([name, options]) => [name, { ...options, l1 }])) as N;
    const caches: UserCacheMiddleware<N>[] = [];
    return {
      clock,
      start: () => {
        const redis = connect();
        const where = redis ? { redis, deadlines: PATIENT } : { store: memory };
        const cache = userCache<N>({ ...where, namespaces, app, jitter: 0, now }) as unknown as UserCacheMiddleware<N>;
        caches.push(cache);
        return cache;
      },
      close: async () => {
        await caches[0]?.invalidateUser('alice');
        await Promise.all(caches.map((cache) => cache.close()));
      },
    };
  };
}
