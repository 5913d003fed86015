import { randomUUID } from 'node:crypto';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { Redis } from 'ioredis';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { type CacheEvent, MemoryStore, userCache, type UserCacheMiddleware } from '../../src/index.js';
import { PATIENT } from '../support/caches.js';
import { eventsDuring } from '../support/events.js';
import { clients, describeWithRedis, redisUrl } from '../support/redis.js';

const namespaces = { off: { ttl: '1h' }, bounded: { ttl: '1h', l1: 'bounded' } } as const;
type Cache = UserCacheMiddleware<typeof namespaces>;
const MAX_STALE = 600_000;
const key = ['bounded', 1] as const;

const never = (): never => {
  throw new Error('the load ran');
};

/** Resolves at the next event of this kind. */
const nextEvent = (expected: Partial<CacheEvent>): Promise<void> =>
  new Promise((resolve) => {
    const listener = (event: unknown): void => {
      if (!Object.entries(expected).every(([name, value]) => (event as Record<string, unknown>)[name] === value))
        return;
      unsubscribe('express-user-cache', listener);
      resolve();
    };
    subscribe('express-user-cache', listener);
  });

const tiersOf = async (work: () => Promise<unknown>): Promise<string[]> =>
  (await eventsDuring(work)).map((event) => (event.type === 'hit' ? event.tier : event.type));

describeWithRedis.each(clients)('bounded copies on %s', (_, connect) => {
  let now: number;
  let app: string;
  let caches: Cache[];
  let here: Cache;
  let elsewhere: Cache;
  /** A process of before the local tier: it invalidates and tells nobody, as if its messages were lost. */
  let silent: UserCacheMiddleware<{ bounded: { ttl: '1h' } }>;
  const start = (): Cache => {
    const redis = connect().duplicate({ connectionName: `${app}-${caches.length}`, lazyConnect: true });
    const cache = userCache({
      redis,
      app,
      namespaces,
      l1: { maxStale: MAX_STALE },
      deadlines: PATIENT,
      now: () => now,
    });
    caches.push(cache);
    return cache;
  };

  beforeEach(async () => {
    now = 1_000_000;
    app = randomUUID().slice(0, 18);
    caches = [];
    [here, elsewhere] = [start(), start()];
    silent = userCache({ redis: connect(), app, namespaces: { bounded: { ttl: '1h' } }, deadlines: PATIENT });
    await Promise.all([here.ready(), elsewhere.ready(), silent.ready()]);
  });
  afterEach(async () => {
    await Promise.all(['alice', 'bob'].map((user) => silent.invalidateUser(user)));
    await Promise.all([...caches, silent].map((cache) => cache.close()));
  });

  it('are returned without asking, for maxStale and not longer', async () => {
    const alice = here.forUser('alice');
    await alice.getOrSet(key, () => 'old');
    await silent.forUser('alice').invalidate(key);
    now += MAX_STALE - 1;
    expect(await tiersOf(() => alice.get(key))).toEqual(['l1']);
    now += 1;
    expect(await alice.get(key)).toBeUndefined();
    expect(await alice.getOrSet(key, () => 'new')).toBe('new');
  });

  const changes: readonly (readonly [name: string, change: (cache: Cache) => Promise<unknown>])[] = [
    ['invalidate of the key', (cache) => cache.forUser('alice').invalidate(key)],
    ['invalidate of the namespace', (cache) => cache.forUser('alice').invalidate(['bounded'])],
    ['invalidateAll', (cache) => cache.forUser('alice').invalidateAll()],
    ['set', (cache) => cache.forUser('alice').set(key, 'new')],
    ['writeThrough', (cache) => cache.forUser('alice').writeThrough(key, () => 'new')],
    ['mutate', (cache) => cache.forUser('alice').mutate(key, () => undefined)],
  ];
  it.each(changes)('are gone at once after %s in this process', async (_name, change) => {
    await here.forUser('alice').getOrSet(key, () => 'old');
    await change(here);
    expect(await here.forUser('alice').get(key)).not.toBe('old');
  });

  it.each(changes)('are gone once %s in another process is heard of', async (_name, change) => {
    const alice = here.forUser('alice');
    await alice.getOrSet(key, () => 'old');
    await here.forUser('bob').getOrSet(key, () => "bob's");
    await change(elsewhere);
    await vi.waitFor(async () => {
      expect(await alice.get(key)).not.toBe('old');
    });
    expect(await tiersOf(() => here.forUser('bob').get(key))).toEqual(['l1']);
  });

  it('are gone once an invalidation of a bucket that was evicted is heard of', async () => {
    const alice = here.forUser('alice');
    await alice.getOrSet(key, () => 'old');
    await silent.invalidateUser('alice');
    expect(await alice.get(key)).toBe('old');
    await elsewhere.forUser('alice').invalidate(key);
    await vi.waitFor(async () => {
      expect(await alice.get(key)).toBeUndefined();
    });
  });

  it.each(['pubsub', 'normal'])(
    'are dropped when a connection (%s) is cut, and used again when it is back',
    async (type) => {
      const alice = here.forUser('alice');
      await alice.getOrSet(key, () => 'old');
      const redis = new Redis(redisUrl);
      const list = String(await redis.call('CLIENT', 'LIST', 'TYPE', type));
      const [, id = ''] = new RegExp(`id=(\\d+) .*name=${app}-0 `).exec(list) ?? [];
      const lost = nextEvent({ type: 'bus', state: 'lost' });
      await silent.forUser('alice').invalidate(key);
      expect(await alice.get(key)).toBe('old');
      const proven = nextEvent({ type: 'bus', state: 'proven' });
      await redis.call('CLIENT', 'KILL', 'ID', id);
      await redis.quit();
      await lost;
      if (type === 'pubsub') expect(await alice.get(key)).toBeUndefined();
      await proven;
      expect(await alice.getOrSet(key, () => 'new')).toBe('new');
      expect(await tiersOf(() => alice.get(key))).toEqual(['l1']);
    },
  );

  it('never reach another user, nor another namespace', async () => {
    await here.forUser('alice').getOrSet(key, () => "alice's");
    expect(await here.forUser('bob').get(key)).toBeUndefined();
    expect(await here.forUser('bob').getOrSet(key, () => "bob's")).toBe("bob's");
    expect(await here.forUser('alice').getOrSet(key, never)).toBe("alice's");
    expect(await here.forUser('alice').get(['off', 1])).toBeUndefined();
  });

  it('are not kept by a namespace that is off, nor after the cache is closed', async () => {
    const alice = here.forUser('alice');
    await alice.getOrSet(['off'], () => 1);
    expect(await tiersOf(() => alice.get(['off']))).toEqual(['store']);
    await alice.getOrSet(key, () => 'old');
    await here.close();
    expect(await alice.get(key)).toBeUndefined();
  });
});

describe('what is returned in a namespace with copies', () => {
  const l1 = 'validated';
  it('is frozen in depth, on a miss as on a hit, and the same each time', async () => {
    const alice = userCache({ namespaces: { a: { ttl: '1h', l1 } } }).forUser('alice');
    const loaded = await alice.getOrSet(['a'], () => ({ list: [{ n: 1 }] }));
    expect(() => loaded.list.push({ n: 2 })).toThrow(TypeError);
    const hit = await alice.getOrSet(['a'], never);
    expect(hit).toBe(await alice.get(['a']));
    expect(hit).toEqual({ list: [{ n: 1 }] });
    const written = await alice.writeThrough(['a'], () => ({ list: [] as number[] }));
    expect(() => written.list.push(1)).toThrow(TypeError);
  });

  it('is a new value each time where it cannot be frozen', async () => {
    const schema = z.object({ at: z.coerce.date() });
    const store = new MemoryStore();
    const alice = userCache({ store, namespaces: { a: { ttl: '1h', schema, l1 } } }).forUser('alice');
    await alice.getOrSet(['a'], () => ({ at: new Date(0) }));
    (await alice.get(['a']))?.at.setTime(1);
    const tiers = await tiersOf(async () => {
      const hit = await alice.get(['a']);
      expect(hit).toEqual({ at: new Date(0) });
      hit?.at.setTime(1);
      expect(await alice.get(['a'])).toEqual({ at: new Date(0) });
    });
    expect(tiers).toEqual(['l1', 'l1']);
  });

  it('stays within maxBytes, and within an eighth of it for one user', async () => {
    const store = new MemoryStore();
    const cache = userCache({ store, namespaces: { a: { ttl: '1h', l1 } }, l1: { maxBytes: 2 ** 16 } });
    const [alice, bob] = [cache.forUser('alice'), cache.forUser('bob')];
    await bob.getOrSet(['a'], () => 'kept');
    for (let n = 0; n < 40; n++) await alice.getOrSet(['a', n], () => 'x'.repeat(1_000));
    expect(await tiersOf(() => bob.get(['a']))).toEqual(['l1']);
    const tiers = await tiersOf(async () => {
      for (let n = 39; n >= 0; n--) await alice.get(['a', n]);
    });
    expect(tiers.filter((tier) => tier === 'l1')).toHaveLength(6);
    expect(tiers.slice(0, 6)).toEqual(Array<string>(6).fill('l1'));
  });
});
