import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { Redis } from 'ioredis';
import { Redis as Redis5 } from 'ioredis-5';
import { expect, it } from 'vitest';
import { type CacheEvent, type RedisClient, userCache } from '../../../src/index.js';
import { eventsDuring, nextEvent } from '../../support/events.js';
import { held } from '../../support/held.js';
import { lapse } from '../../support/lapse.js';
import { until } from '../../support/proof.js';
import { describeWithServer, RedisServer } from '../../support/redis-server.js';

const OPTIONS = { lazyConnect: true, retryStrategy: (): number => 10 } as const;
const clients = [
  ['ioredis 5', (port: number): RedisClient => new Redis5(port, '127.0.0.1', OPTIONS)],
  ['ioredis 6', (port: number): RedisClient => new Redis(port, '127.0.0.1', OPTIONS)],
] as const;
const key = ['row', 1] as const;
/** A busy machine may need more than a deadline of this file. */
const answers = ({ ready }: { readonly ready: () => Promise<void> }): Promise<void> =>
  until(() =>
    ready().then(
      () => true,
      () => false,
    ),
  );
const failed = (events: readonly CacheEvent[]): boolean => events.some(({ type }) => type === 'store-error');
const LIMIT = { timeout: 60_000 } as const;

describeWithServer.each(clients)('with %s', (_, connect) => {
  const start = (server: RedisServer, l1: 'off' | 'validated' = 'off', deadlines = { read: 5_000, write: 5_000 }) =>
    userCache({ redis: connect(server.port), namespaces: { row: { ttl: 'short', l1 } }, deadlines });
  const adminOf = (server: RedisServer): Redis & AsyncDisposable => {
    const admin = new Redis(server.port, '127.0.0.1', { retryStrategy: () => 10, maxRetriesPerRequest: null });
    admin.on('error', () => undefined);
    return Object.assign(admin, {
      [Symbol.asyncDispose]: () => {
        admin.disconnect();
        return Promise.resolve();
      },
    });
  };

  it('every call on a server that answers nothing settles while it does', LIMIT, async () => {
    await using server = await RedisServer.start();
    await using cache = start(server, 'off', { read: 20, write: 500 });
    await answers(cache);
    const alice = cache.forUser('alice');
    server.freeze();
    const settled = await Promise.allSettled([
      alice.get(key),
      alice.getMany([key, key]),
      alice.getOrSet(key, () => 'loaded'),
      alice.mutate(key, () => 'written'),
      alice.writeThrough(key, () => 'written'),
      alice.set(key, 'new'),
      alice.invalidate(key),
      alice.invalidateAll(),
      cache.ready(),
    ]);
    server.thaw();
    expect(
      settled.map((one) => (one.status === 'fulfilled' ? one.value : (one.reason as { code: string }).code)),
    ).toEqual([
      undefined,
      [undefined, undefined],
      'loaded',
      ...Array.from({ length: 6 }, () => 'ERR_UC_STORE_UNAVAILABLE'),
    ]);
  });

  it('a process that only reads finds a server again', LIMIT, async () => {
    await using server = await RedisServer.start();
    await using cache = start(server, 'off', { read: 100, write: 5_000 });
    const alice = cache.forUser('alice');
    await answers(cache);
    await until(async () => {
      await alice.getOrSet(key, () => 'stored');
      return (await alice.get(key)) === 'stored';
    });
    let isOpen = false;
    void nextEvent('breaker-open').then(() => (isOpen = true));
    server.freeze();
    await until(async () => {
      await alice.get(key);
      return isOpen;
    });
    const closed = nextEvent('breaker-close');
    server.thaw();
    await until(async () => (await alice.get(key)) === 'stored');
    await closed;
  });

  it('an invalidation whose connection is cut off under way is sent again', LIMIT, async () => {
    await using server = await RedisServer.start();
    await using cache = start(server);
    await using admin = adminOf(server);
    const alice = cache.forUser('alice');
    await alice.getOrSet(key, () => 'old');
    await admin.client('PAUSE', 60_000, 'WRITE');
    const invalidating = alice.invalidate(key);
    await until(async () => / flags=\w*b/.test(String(await admin.client('LIST'))));
    await admin.call('CLIENT', 'KILL', 'TYPE', 'normal');
    await admin.client('UNPAUSE');
    await invalidating;
    expect(await alice.get(key)).toBeUndefined();
  });

  it(
    'nobody whose invalidation was lost sees what it should have removed, before it has been sent again',
    LIMIT,
    async () => {
      await using server = await RedisServer.start();
      await using cache = start(server, 'off', { read: 1_000, write: 1_000 });
      await using admin = adminOf(server);
      await answers(cache);
      const users = Array.from({ length: 300 }, (_, n) => cache.forUser(n));
      await Promise.all(users.map((user) => user.set(key, 'old')));
      await admin.config('SET', 'maxclients', '1');
      await admin.call('CLIENT', 'KILL', 'TYPE', 'normal');
      await until(async () => failed(await eventsDuring(() => cache.forUser('nobody').get(key))));
      const lost = await Promise.allSettled(users.map((user) => user.invalidate(key)));
      expect(lost.filter(({ status }) => status === 'fulfilled')).toEqual([]);
      let owed = users.length;
      const listener = (event: unknown): void => {
        const { type, users } = event as Extract<CacheEvent, { type: 'clean' }>;
        if (type === 'clean') owed = users;
      };
      subscribe('express-user-cache', listener);
      await admin.config('SET', 'maxclients', '10000');
      const seen = new Set<unknown>();
      await until(async () => {
        for (const value of await Promise.all(users.map((user) => user.get(key)))) seen.add(value);
        return owed === 0;
      });
      unsubscribe('express-user-cache', listener);
      expect([...seen]).toEqual([undefined]);
    },
  );

  it('a mutate whose release is lost serves nothing old, and its hold ends by itself', LIMIT, async () => {
    await using server = await RedisServer.start();
    await using mine = start(server, 'off', { read: 100, write: 1_000 });
    await using other = start(server);
    await using admin = adminOf(server);
    await other.forUser('alice').getOrSet(key, () => 'old');
    await answers(mine);
    await mine.forUser('alice').mutate(key, async () => {
      await admin.config('SET', 'maxclients', '1');
      await admin.call('CLIENT', 'KILL', 'TYPE', 'normal');
      // What is sent before the cut is noticed is sent again.
      await until(async () => failed(await eventsDuring(() => mine.forUser('bob').get(key))));
    });
    const paid = nextEvent('clean');
    await admin.config('SET', 'maxclients', '10000');
    await paid;
    await answers(other);
    expect(await other.forUser('alice').getOrSet(key, () => 'new')).toBe('new');
    expect(await other.forUser('alice').get(key)).toBeUndefined();
    expect(await lapse(admin)).toBe(1);
    expect(await other.forUser('alice').getOrSet(key, () => 'new')).toBe('new');
    expect(await other.forUser('alice').get(key)).toBe('new');
  });

  // What no promise is made of; `docs/invalidation.md` says so under its limits.
  it(
    'a mutate that loses its bucket and then its release may be followed by what was loaded during it',
    LIMIT,
    async () => {
      await using server = await RedisServer.start();
      await using mine = start(server, 'off', { read: 5_000, write: 1_000 });
      await using other = start(server);
      await using admin = adminOf(server);
      await answers(mine);
      const reader = other.forUser('alice');
      await mine.forUser('alice').mutate(key, async () => {
        await admin.flushall();
        await reader.getOrSet(key, () => 'from before the commit');
        await admin.client('PAUSE', 60_000, 'WRITE');
      });
      const [bucket = ''] = await admin.keys('uc:1:*');
      expect((await admin.hvals(bucket)).join()).toContain('from before the commit');
      expect(await mine.forUser('alice').get(key)).toBeUndefined();
      await admin.client('UNPAUSE');
      await until(async () => (await reader.get(key)) === undefined);
    },
  );

  it(
    'a server that comes back as it was before gives back what was invalidated since, to nobody but its owner',
    LIMIT,
    async () => {
      await using server = await RedisServer.start();
      await using cache = start(server);
      await using admin = adminOf(server);
      const [alice, bob] = [cache.forUser('alice'), cache.forUser('bob')];
      await alice.getOrSet(key, () => 'old, of alice');
      await bob.getOrSet(key, () => 'of bob');
      await admin.save();
      await alice.invalidate(key);
      await alice.getOrSet(key, () => 'new, of alice');
      await server.kill();
      await server.start();
      await until(async () => (await bob.get(key)) === 'of bob');
      // Redis has forgotten an invalidation that it acknowledged, and nothing in a bucket can say so.
      expect(await alice.get(key)).toBe('old, of alice');
      await alice.invalidate(key);
      expect(await alice.get(key)).toBeUndefined();
    },
  );

  it(
    'gives back what was invalidated in between; what is invalidated from then on reaches copies and loads from before',
    LIMIT,
    async () => {
      await using server = await RedisServer.start();
      await using cache = start(server, 'validated');
      await using other = start(server);
      await using admin = adminOf(server);
      const [alice, elsewhere] = [cache.forUser('alice'), other.forUser('alice')];
      const slow = held<string>();
      await alice.getOrSet(['row', 2], () => 'to open the bucket');
      await admin.save();
      await elsewhere.invalidate(['row', 2]);
      // Both from under the first invalidation of this life.
      await alice.getOrSet(key, () => 'old');
      const loading = alice.getOrSet(['row', 3], slow.load);
      await slow.started;
      await elsewhere.invalidate(key);
      await server.kill();
      await server.start();
      await until(async () => (await elsewhere.get(['row', 2])) !== undefined);
      await elsewhere.invalidate(['row']);
      await answers(cache);
      slow.release('old');
      await loading;
      expect(await alice.getMany([key, ['row', 3]])).toEqual([undefined, undefined]);
    },
  );
});
