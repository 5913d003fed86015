import { Redis } from 'ioredis';
import { Redis as Redis5 } from 'ioredis-5';
import { expect, it } from 'vitest';
import { type Deadlines, type RedisClient, userCache } from '../../src/index.js';
import { PATIENT } from '../support/caches.js';
import { describeWithServer, RedisServer } from '../support/redis-server.js';

const namespaces = { a: { ttl: 'short' } } as const;
const key = ['a', 1] as const;
const clients = [
  ['ioredis 5', (port: number): RedisClient => new Redis5(port, '127.0.0.1', { lazyConnect: true })],
  ['ioredis 6', (port: number): RedisClient => new Redis(port, '127.0.0.1', { lazyConnect: true })],
] as const;

/** How many buckets have lost their control string, and kept something else. */
const HALF_BUCKETS = `
local n = 0
for _, key in ipairs(redis.call('KEYS', 'uc:1:*')) do n = n + 1 - redis.call('HEXISTS', key, 'c') end
return n`;

const start = (redis: RedisClient, deadlines: Deadlines = PATIENT) => userCache({ redis, namespaces, deadlines });

describeWithServer.each(clients)('scripts, with %s', (_, connect) => {
  it('survive SCRIPT FLUSH and a restart, each of them', { timeout: 30_000 }, async () => {
    await using server = await RedisServer.start();
    await using cache = start(connect(server.port), { read: 2_000, write: 2_000 });
    await cache.ready();
    const alice = cache.forUser('alice');
    const everyScript = async (): Promise<void> => {
      await alice.invalidateAll();
      expect(await alice.getOrSet(key, () => 'old')).toBe('old');
      expect(await alice.get(key)).toBe('old');
      await alice.invalidate(key);
      expect(await alice.get(key)).toBeUndefined();
    };
    await everyScript();
    const flush = async (): Promise<void> => {
      await using admin = disposable(new Redis(server.port, '127.0.0.1'));
      await admin.redis.script('FLUSH');
    };
    await flush();
    await everyScript();
    await flush();
    await alice.getOrSet(key, () => 'opened and filled');
    expect(await alice.get(key)).toBe('opened and filled');
    await flush();
    await alice.invalidate(key);
    expect(await alice.get(key)).toBeUndefined();

    await server.kill();
    await server.start();
    await expect.poll(() => alice.invalidateAll().catch(() => 'rejected')).toBeUndefined();
    await expect
      .poll(async () => {
        await alice.getOrSet(key, () => 'new');
        return alice.get(key);
      })
      .toBe('new');
    await everyScript();
  });
});

describeWithServer.each(clients)('Redis that evicts under memory pressure, with %s', (_, connect) => {
  it.each(['allkeys-lru', 'volatile-ttl'])(
    'by %s loses whole users, which are misses',
    { timeout: 60_000 },
    async (policy) => {
      await using server = await RedisServer.start('--maxmemory', '3mb', '--maxmemory-policy', policy);
      await using cache = start(connect(server.port));
      await using admin = disposable(new Redis(server.port, '127.0.0.1'));
      await cache.ready();
      const users = Array.from({ length: 300 }, (_, n) => `user${n}`);
      const rows = new Map(users.map((user) => [user, 0]));
      const wrong: unknown[] = [];
      let hits = 0;
      let loads = 0;
      for (let turn = 0; turn < 3; turn++) {
        for (const user of users) {
          const cached = cache.forUser(user);
          const read = async (): Promise<void> => {
            const before = loads;
            const { of, row } = await cached.getOrSet(key, () => {
              loads += 1;
              return { of: user, row: rows.get(user) ?? 0, filling: 'x'.repeat(8_000) };
            });
            if (loads === before) hits += 1;
            if (of !== user || row !== rows.get(user)) wrong.push({ user, of, row });
          };
          await read();
          await read();
          if (turn === 1) {
            rows.set(user, turn);
            await cached.invalidate(key);
            await read();
          }
        }
      }
      expect(wrong).toEqual([]);
      const [, evicted] = /evicted_keys:(\d+)/.exec(await admin.redis.info('stats')) ?? [];
      expect(Number(evicted)).toBeGreaterThan(100);
      expect(hits).toBeGreaterThan(100);
      expect(await admin.redis.call('EVAL', HALF_BUCKETS, '0')).toBe(0);
    },
  );
});

function disposable(redis: Redis): AsyncDisposable & { readonly redis: Redis } {
  return {
    redis,
    [Symbol.asyncDispose]: async () => {
      await redis.quit();
    },
  };
}
