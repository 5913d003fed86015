import { Cluster, Redis } from 'ioredis';
import { Redis as Redis5 } from 'ioredis-5';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type RedisClient, RedisStore, userCache, type UserCacheOptions } from '../../src/index.js';
import { PATIENT } from '../support/caches.js';
import { eventsDuring, nextEvent } from '../support/events.js';
import { Proxy } from '../support/proxy.js';
import { describeWithServer, RedisServer } from '../support/redis-server.js';

const namespaces = { a: { ttl: 'short' } } as const;
const key = ['a', 1] as const;
const clients = [
  ['ioredis 5', (port: number): RedisClient => new Redis5(port, '127.0.0.1', { lazyConnect: true })],
  ['ioredis 6', (port: number): RedisClient => new Redis(port, '127.0.0.1', { lazyConnect: true })],
] as const;

type Options = Pick<UserCacheOptions, 'deadlines' | 'durability'>;
const start = (redis: RedisClient, options: Options = {}) =>
  userCache({ redis, namespaces, deadlines: PATIENT, ...options });

describeWithServer.each(clients)('Redis that is full (noeviction), with %s', (_, connect) => {
  it('answers hits, stores nothing, invalidates', { timeout: 30_000 }, async () => {
    await using server = await RedisServer.start('--maxmemory-policy', 'noeviction');
    await using cache = start(connect(server.port));
    await using admin = disposable(new Redis(server.port, '127.0.0.1'));
    await cache.ready();
    const alice = cache.forUser('alice');
    const keys = [1, 2, 3, 4].map((n) => ['a', n] as const);
    for (const one of keys) await alice.getOrSet(one, () => 'stored');
    await admin.redis.config('SET', 'maxmemory', '1mb');
    await expect(admin.redis.set('x', 'y')).rejects.toThrow('OOM');

    // More refusals than the breaker takes for a store that is gone.
    const refused = await eventsDuring(async () => {
      const many = Array.from({ length: 12 }, (_, n) => n);
      await Promise.all(many.map((n) => alice.getOrSet(['a', 'new', n], () => n)));
      await Promise.all(many.map((n) => cache.forUser(n).getOrSet(key, () => n)));
    });
    expect(refused).toContainEqual({
      type: 'store-error',
      operation: 'fill',
      error: expect.objectContaining({ code: 'ERR_UC_STORE_FULL' }) as unknown,
    });
    expect(refused.map(({ type }) => type)).not.toContain('breaker-open');
    expect(await alice.get(['a', 'new', 1])).toBeUndefined();
    expect(await alice.getMany(keys)).toEqual(keys.map(() => 'stored'));

    await expect(alice.invalidate(['a', 1])).resolves.toBeUndefined();
    await alice.set(['a', 2], 'cannot be stored');
    expect(await alice.mutate(['a', 3], () => 'written')).toBe('written');
    expect(await alice.getMany(keys)).toEqual([undefined, undefined, undefined, 'stored']);
    await expect(alice.invalidateAll()).resolves.toBeUndefined();
    expect(await alice.getMany(keys)).toEqual(keys.map(() => undefined));
  });
});

describeWithServer.each(clients)('Redis that is killed, frozen and cut off under load, with %s', (_, connect) => {
  const deadlines = { read: 50, write: 500 } as const;
  /** What a busy machine may add to a deadline. */
  const SLACK_MS = 1_500;

  it(
    'fails no read, settles every promise by its deadline, and serves nothing stale',
    { timeout: 60_000 },
    async () => {
      await using server = await RedisServer.start();
      await using proxy = await Proxy.to(server.port);
      await using cache = start(connect(proxy.port), { deadlines });
      await cache.ready();
      const users = ['alice', 'bob', 'carol', 'dave'];
      const rows = new Map(users.map((user) => [user, 0]));
      /** The row that every read which starts now must show or surpass. */
      const settled = new Map(rows);
      const failed: unknown[] = [];
      const slow: number[] = [];
      let stale = 0;
      let reads = 0;
      /** Who has had an invalidation rejected. */
      const rejected = new Set<string>();
      let running = true;
      let writing = true;
      let underWay = 0;

      const timed = async <T>(limit: number, work: () => Promise<T>): Promise<T> => {
        const began = performance.now();
        try {
          return await work();
        } finally {
          const took = performance.now() - began;
          if (took > limit + SLACK_MS) slow.push(took);
        }
      };
      const turn = (): Promise<void> => new Promise(setImmediate);
      const reader = async (user: string): Promise<void> => {
        while (running) {
          const least = settled.get(user) ?? 0;
          try {
            // A read, an open and a fill, each with its deadline; the load takes a turn.
            const row = await timed(3 * deadlines.read, () =>
              cache.forUser(user).getOrSet(key, async () => {
                const loaded = rows.get(user) ?? 0;
                await turn();
                return loaded;
              }),
            );
            if (row < least) stale += 1;
          } catch (error) {
            failed.push(error);
          }
          reads += 1;
          await turn();
        }
      };
      const writer = async (user: string): Promise<void> => {
        while (running) {
          await turn();
          if (!writing) continue;
          const row = (rows.get(user) ?? 0) + 1;
          rows.set(user, row);
          underWay += 1;
          try {
            await timed(deadlines.write, () => cache.forUser(user).invalidate(key));
          } catch {
            rejected.add(user);
          }
          underWay -= 1;
          // Even where it rejected: this process serves nothing old to this user from then on.
          settled.set(user, row);
        }
      };

      const stopWriting = async (): Promise<void> => {
        writing = false;
        while (underWay > 0) await turn();
      };
      const readMore = async (): Promise<void> => {
        for (const enough = reads + 50; reads < enough;) await turn();
      };
      /** Entries stay in Redis, the invalidations of all users are lost on the way, and only then the road is open again. */
      const cutOff = async (): Promise<void> => {
        await stopWriting();
        await readMore();
        rejected.clear();
        const opened = nextEvent('breaker-open');
        proxy.cut();
        await opened;
        writing = true;
        while (rejected.size < users.length) await turn();
        await stopWriting();
        const closed = nextEvent('breaker-close');
        proxy.heal();
        await closed;
        await readMore();
        writing = true;
      };

      const work = users.flatMap((user) => [reader(user), reader(user), writer(user)]);
      for (let round = 0; round < 2; round++) {
        await Promise.all([nextEvent('breaker-open'), server.kill()]);
        await Promise.all([nextEvent('breaker-close'), server.start()]);
        const opened = nextEvent('breaker-open');
        server.freeze();
        await opened;
        const closed = nextEvent('breaker-close');
        server.thaw();
        await closed;
        await cutOff();
      }
      running = false;
      await Promise.all(work);
      expect({ failed, slow, stale }).toEqual({ failed: [], slow: [], stale: 0 });
      expect(reads).toBeGreaterThan(100);
      await cache.ready();
      await vi.waitFor(async () => {
        await cache.forUser('alice').getOrSet(key, () => 0);
        expect(await cache.forUser('alice').get(key)).toBeDefined();
      });
    },
  );
});

describeWithServer.each(clients)('Redis that comes back, with %s', (_, connect) => {
  it('is not sent what was given up while it was away', { timeout: 30_000 }, async () => {
    await using server = await RedisServer.start();
    const store = new RedisStore(connect(server.port), { read: 5_000, write: 20 });
    await store.read('alice', []);
    await server.kill();
    await expect.poll(() => store.invalidate('alice', { prefixes: 'all' }).catch(() => 'rejected')).toBe('rejected');
    for (let n = 0; n < 9; n++) await expect(store.invalidate('alice', { prefixes: 'all' })).rejects.toThrow();
    await server.start();
    await expect.poll(() => store.read('alice', []).catch(() => undefined)).toBeDefined();
    await using admin = disposable(new Redis(server.port, '127.0.0.1'));
    const [, arrived = '0'] = /cmdstat_unlink:calls=(\d+)/.exec(await admin.redis.info('commandstats')) ?? [];
    // One or two may have been on the wire when it died: ioredis sends those again itself.
    expect(Number(arrived)).toBeLessThanOrEqual(2);
    await store.close();
  });
});

describeWithServer('durability', () => {
  let primary: RedisServer;
  let replica: RedisServer;
  beforeAll(async () => {
    primary = await RedisServer.start('--repl-diskless-sync-delay', '0');
    replica = await RedisServer.start('--replicaof', '127.0.0.1', String(primary.port));
    await using admin = disposable(new Redis(primary.port, '127.0.0.1'));
    expect(await admin.redis.wait(1, 20_000)).toBe(1);
  }, 30_000);
  afterAll(async () => {
    await Promise.all([primary, replica].map((server) => server[Symbol.asyncDispose]()));
  });

  const changes = [
    ['invalidate', 1, (cache: ReturnType<typeof start>) => cache.forUser('alice').invalidate(key)],
    ['invalidateAll', 1, (cache: ReturnType<typeof start>) => cache.forUser('alice').invalidateAll()],
    ['set', 1, (cache: ReturnType<typeof start>) => cache.forUser('alice').set(key, 'new')],
    ['mutate', 2, (cache: ReturnType<typeof start>) => cache.forUser('alice').mutate(key, () => undefined)],
  ] as const;

  it.each([
    ['ioredis 5', () => new Redis5(primary.port, '127.0.0.1', { lazyConnect: true, stringNumbers: true })],
    ['ioredis 6', () => new Redis(primary.port, '127.0.0.1', { lazyConnect: true, stringNumbers: true })],
  ])('counts also where the application wants numbers as strings, with %s', async (_, connect) => {
    await using cache = start(connect(), { durability: { replicas: 1, timeout: 5_000 } });
    await cache.ready();
    expect(await eventsDuring(() => cache.forUser('alice').invalidate(key))).toEqual([]);
  });

  describe.each(clients)('with %s', (_, connect) => {
    it.each(changes)('%s asks for replicas, and says nothing where enough have it', async (_name, asks, change) => {
      await using cache = start(connect(primary.port), { durability: { replicas: 1, timeout: 5_000 } });
      await using admin = disposable(new Redis(primary.port, '127.0.0.1'));
      await cache.ready();
      await cache.forUser('alice').getOrSet(key, () => 'old');
      await admin.redis.config('RESETSTAT');
      expect((await eventsDuring(() => change(cache))).filter(({ type }) => type === 'durability')).toEqual([]);
      expect(await admin.redis.info('commandstats')).toContain(`cmdstat_wait:calls=${asks},`);
      expect(await cache.forUser('alice').get(key)).not.toBe('old');
    });

    it('says how many have it where they are too few, and the call resolves', async () => {
      await using cache = start(connect(primary.port), { durability: { replicas: 2, timeout: 1 } });
      await cache.ready();
      const alice = cache.forUser('alice');
      await alice.set(key, 'old');
      const events = await eventsDuring(() => alice.invalidate(key));
      expect(events).toEqual([{ type: 'durability', asked: 2, acknowledged: expect.toBeOneOf([0, 1]) as unknown }]);
      expect(await alice.get(key)).toBeUndefined();
    });

    it('counts the replicas that have what was sent, also where the server has forgotten the script', async () => {
      await using cache = start(connect(primary.port), { durability: { replicas: 1, timeout: 100 } });
      await using admin = disposable(new Redis(primary.port, '127.0.0.1'));
      await cache.ready();
      const alice = cache.forUser('alice');
      await alice.invalidate(key);
      await alice.set(key, 'old');
      expect(await admin.redis.wait(1, 20_000)).toBe(1);
      replica.freeze();
      try {
        await admin.redis.script('FLUSH');
        const events = await eventsDuring(() => alice.invalidate(key));
        expect(events).toEqual([{ type: 'durability', asked: 1, acknowledged: 0 }]);
      } finally {
        replica.thaw();
      }
      expect(await alice.get(key)).toBeUndefined();
      expect(await admin.redis.wait(1, 20_000)).toBe(1);
    });

    it('keeps no read waiting for a replica', async () => {
      await using cache = start(connect(primary.port), { durability: { replicas: 2, timeout: 60_000 } });
      await cache.ready();
      const waiting = cache.forUser('alice').invalidate(key);
      expect(await cache.forUser('bob').getOrSet(key, () => 'loaded')).toBe('loaded');
      expect(await cache.forUser('bob').get(key)).toBe('loaded');
      await using admin = disposable(new Redis(primary.port, '127.0.0.1'));
      await admin.redis.client('UNBLOCK', await blockedClient(admin.redis));
      await waiting;
    });
  });
});

describeWithServer('durability on Cluster', () => {
  it('asks the node that owns the slot', { timeout: 60_000 }, async () => {
    await using one = await RedisServer.start('--cluster-enabled', 'yes');
    await using two = await RedisServer.start('--cluster-enabled', 'yes');
    await using first = disposable(new Redis(one.port, '127.0.0.1'));
    await using second = disposable(new Redis(two.port, '127.0.0.1'));
    await first.redis.call('CLUSTER', 'ADDSLOTSRANGE', '0', '8191');
    await second.redis.call('CLUSTER', 'ADDSLOTSRANGE', '8192', '16383');
    await first.redis.call('CLUSTER', 'MEET', '127.0.0.1', String(two.port));
    for (const { redis } of [first, second]) {
      await expect
        .poll(() => redis.cluster('INFO'), { timeout: 30_000 })
        .toMatch(/cluster_state:ok[^]*cluster_known_nodes:2/);
    }
    await using cache = start(new Cluster([{ host: '127.0.0.1', port: one.port }], { lazyConnect: true }), {
      durability: { replicas: 1, timeout: 1 },
    });
    await cache.ready();
    const asked = async ({ redis }: { redis: Redis }): Promise<number> =>
      Number(/cmdstat_wait:calls=(\d+)/.exec(await redis.info('commandstats'))?.[1] ?? 0);
    for (const user of ['alice', 'bob', 'carol', 'dave', 'eve', 'frank']) {
      const slot = await first.redis.cluster('KEYSLOT', `uc:1:{${user}}`);
      const [owner, other] = slot < 8192 ? [first, second] : [second, first];
      const before = [await asked(owner), await asked(other)];
      const events = await eventsDuring(() => cache.forUser(user).invalidate(key));
      expect(events).toEqual([{ type: 'durability', asked: 1, acknowledged: 0 }]);
      expect([await asked(owner), await asked(other)]).toEqual([(before[0] ?? 0) + 1, before[1]]);
    }
  });
});

function disposable(redis: Redis): AsyncDisposable & { readonly redis: Redis } {
  return {
    redis,
    [Symbol.asyncDispose]: async () => {
      await redis.quit();
    },
  };
}

/** The id of the client that waits for replicas. */
const blockedClient = (redis: Redis): Promise<number> =>
  vi.waitFor(async () => {
    const [, id] = /^id=(\d+) .* flags=\w*b/m.exec(String(await redis.client('LIST'))) ?? [];
    if (id === undefined) throw new Error('nobody waits for replicas');
    return Number(id);
  });
