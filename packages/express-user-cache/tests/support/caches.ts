import { randomUUID } from 'node:crypto';
import {
  type L1Mode,
  MemoryStore,
  type Namespaces,
  userCache,
  type UserCacheMiddleware,
  type UserCacheOptions,
} from '../../src/index.js';
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
  /** Its processes keep copies. */
  readonly l1: boolean;
  readonly start: () => Fleet;
}

/** A busy machine must not turn a read into a bypass: the deadlines have tests of their own. */
export const PATIENT = { read: 10_000, write: 10_000 } as const;

export const SECRET = 'a secret of the tests, which is long enough';

interface Variant {
  readonly secret: boolean;
  readonly l1: boolean;
}

/** The same namespaces, with copies in the process. */
export const withCopies = <N extends Namespaces>(of: N, l1: L1Mode): N =>
  Object.fromEntries(Object.entries(of).map(([name, options]) => [name, { ...options, l1 }])) as N;

function fleet(options: () => Pick<UserCacheOptions, 'redis' | 'store'>, { secret, l1 }: Variant): Fleet {
  const app = randomUUID().slice(0, 18);
  const caches: TestCache[] = [];
  const kept = l1
    ? { namespaces: withCopies(namespaces, 'validated'), shared: withCopies(shared, 'validated') }
    : { namespaces, shared };
  const common = { app, ...kept, deadlines: PATIENT, ...(secret && { secret: SECRET }) };
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

const variants: readonly Variant[] = [false, true].flatMap((l1) => [false, true].map((secret) => ({ secret, l1 })));

/** One process, which keeps values as they are. */
const alone: readonly Deployment[] = [false, true].map((secret) => ({
  name: `one process${secret ? ', sealed' : ''}`,
  l1: false,
  start: () => {
    const one = fleet(() => ({}), { secret, l1: false });
    const cache = one.process();
    return { process: () => cache, close: () => one.close() };
  },
}));

/** Every store there is, readable and opaque, without copies in the process and with. */
export const deployments: readonly Deployment[] = alone.concat(
  variants.flatMap((variant) => {
    const { secret, l1 } = variant;
    const suffix = `${secret ? ', sealed' : ''}${l1 ? ', validated' : ''}`;
    const memory: Deployment = {
      name: `memory${suffix}`,
      l1,
      start: () => {
        const store = new MemoryStore();
        return fleet(() => ({ store }), variant);
      },
    };
    const remote = clients.map(([name, connect]) => ({
      name: `${name}${suffix}`,
      l1,
      start: () => fleet(() => ({ redis: connect() }), variant),
    }));
    return redisUrl === '' ? [memory] : [memory, ...remote];
  }),
);
