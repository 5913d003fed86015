import { Redis } from 'ioredis';
import { describe, expect, it } from 'vitest';
import { type Namespaces, userCache, type UserCacheMiddleware, type UserCacheOptions } from '../../src/index.js';
import { memoryCache } from '../../src/testing/index.js';
import { deployments, PATIENT } from '../support/caches.js';
import { eventsDuring, nextEvent } from '../support/events.js';
import { FaultyStore } from '../support/faulty-store.js';
import { held } from '../support/held.js';
import { describeWithServer, RedisServer } from '../support/redis-server.js';
import { SaltTable } from '../support/salts.js';

const KEY = ['conversation', 1] as const;
const secret = 's'.repeat(32);

describe.each(deployments)('eraseUser on $name', ({ start }) => {
  it('forgets this user, in every process, again and again', async () => {
    const fleet = start();
    const [here, there] = [fleet.process(), fleet.process()];
    for (const user of ['alice', 'bob']) await here.forUser(user).set(KEY, user);
    expect(await there.forUser('alice').get(KEY)).toBe('alice');
    await here.eraseUser('alice');
    await here.eraseUser('alice');
    for (const cache of [here, there]) {
      expect(await cache.forUser('alice').get(KEY)).toBeUndefined();
      expect(await cache.forUser('bob').get(KEY)).toBe('bob');
    }
    await here.eraseUser('bob');
    await fleet.close();
  });

  it('keeps a load that was under way from being stored', async () => {
    const fleet = start();
    const [here, there] = [fleet.process(), fleet.process()];
    const { load, started, release } = held<string>();
    const loading = there.forUser('alice').getOrSet(KEY, load);
    await started;
    await here.eraseUser('alice');
    release('from before');
    expect(await loading).toBe('from before');
    expect(await there.forUser('alice').get(KEY)).toBeUndefined();
    await fleet.close();
  });
});

describe('eraseUser', () => {
  const namespaces = { conversation: { ttl: 'medium' } } as const;

  it('refuses what is no user', async () => {
    await expect(memoryCache({ namespaces }).eraseUser('')).rejects.toMatchObject({ code: 'ERR_UC_BAD_OWNER' });
  });

  it('deletes the salt, so that the user is not cached any more', async () => {
    const salts = new SaltTable('alice');
    const cache = memoryCache({ namespaces, secret, salts });
    const alice = cache.forUser('alice');
    await alice.set(KEY, 'old');
    await cache.eraseUser('alice');
    expect(salts.rows.has('alice')).toBe(false);
    expect(await alice.getOrSet(KEY, () => 'loaded')).toBe('loaded');
    expect(await alice.get(KEY)).toBeUndefined();
  });

  it('asks for the user by the id that they have', async () => {
    const salts = new SaltTable(7, '7');
    const cache = memoryCache({ namespaces, secret, salts });
    await cache.eraseUser(7);
    expect([...salts.rows.keys()]).toEqual(['7']);
  });

  it('goes on to the store where the salt cannot be deleted, and says so', async () => {
    const salts = new SaltTable('alice');
    const cache = memoryCache({ namespaces, secret, salts });
    await cache.forUser('alice').set(KEY, 'old');
    const down = new Error('the database is down');
    salts.fault = () => Promise.reject(down);
    await expect(cache.eraseUser('alice')).rejects.toMatchObject({ code: 'ERR_UC_SALT_NOT_ERASED', cause: down });
    salts.fault = () => undefined;
    expect(await cache.forUser('alice').get(KEY)).toBeUndefined();
    await cache.eraseUser('alice');
    expect(salts.rows.size).toBe(0);
  });

  it('deletes the salt where the store cannot be reached, and the bucket when it can', async () => {
    const salts = new SaltTable('alice');
    const store = new FaultyStore();
    const cache = userCache({ namespaces, secret, salts, store });
    await cache.forUser('alice').set(KEY, 'old');
    store.goDown();
    await expect(cache.eraseUser('alice')).rejects.toThrow('the store is down');
    expect(salts.rows.size).toBe(0);
    const clean = nextEvent('clean');
    store.comeBack();
    await clean;
    expect(store.invalidations.at(-1)).toMatchObject({ prefixes: 'all' });
    await cache.close();
  });

  it('says that both failed', async () => {
    const salts = new SaltTable('alice');
    salts.fault = () => Promise.reject(new Error('the database is down'));
    const store = new FaultyStore();
    store.goDown();
    const cache = userCache({ namespaces, secret, salts, store });
    const both = { code: 'ERR_UC_SALT_NOT_ERASED', message: expect.stringContaining('and the store') as string };
    await expect(cache.eraseUser('alice')).rejects.toMatchObject(both);
    await cache.close();
  });
});

describeWithServer('a backup of Redis that is put back after an erasure', () => {
  const namespaces = {
    conversation: { ttl: 'medium' },
    settings: { ttl: 'medium', l1: 'validated' },
  } as const satisfies Namespaces;
  const keys = [KEY, ['settings']] as const;

  /** What a process that is started now, on a Redis of before the erasure, reads of Alice. */
  type Read = (options: Partial<UserCacheOptions>) => Promise<unknown[]>;

  async function afterErasure(options: Partial<UserCacheOptions>, work: (read: Read) => Promise<void>): Promise<void> {
    await using server = await RedisServer.start();
    const connect = (more: Partial<UserCacheOptions>): UserCacheMiddleware<typeof namespaces> =>
      userCache({ redis: new Redis(server.port, { lazyConnect: true }), deadlines: PATIENT, ...more, namespaces });
    {
      await using cache = connect(options);
      const alice = cache.forUser('alice');
      await alice.set(KEY, 'a secret of Alice');
      await alice.set(['settings'], { dark: true });
      const redis = new Redis(server.port);
      await redis.save();
      await cache.eraseUser('alice');
      expect(await redis.keys('*')).toEqual([]);
      redis.disconnect();
    }
    await server.kill();
    await server.start();
    await work(async (more) => {
      await using cache = connect(more);
      return await cache.forUser('alice').getMany(keys);
    });
  }

  it.each<readonly [string, Partial<UserCacheOptions>]>([
    ['without a secret', {}],
    ['with a secret and no salt', { secret }],
  ])('is readable %s, for as long as the entries had to live', async (_, options) => {
    await afterErasure(options, async (read) => {
      expect(await read(options)).toEqual(['a secret of Alice', { dark: true }]);
    });
  });

  it('is readable for nobody with a salt, who has the secret or not', async () => {
    const salts = new SaltTable('alice');
    const salt = salts.rows.get('alice') ?? null;
    await afterErasure({ secret, salts }, async (read) => {
      for (const attempt of [{ secret, salts }, { secret }, { secret, salts: new SaltTable('alice') }]) {
        expect(await read(attempt)).toEqual([undefined, undefined]);
      }
      // The bytes are all there: the salt is what was missing.
      salts.rows.set('alice', salt);
      expect(await read({ secret, salts })).toEqual(['a secret of Alice', { dark: true }]);
    });
  });
});

describe('what this process remembers of an erased user', () => {
  it('is gone at once: a salt that comes back is read again', async () => {
    const salts = new SaltTable('alice');
    const cache = memoryCache({ namespaces: { conversation: { ttl: 'medium' } }, secret, salts });
    const alice = cache.forUser('alice');
    const { load, started, release } = held<undefined>();
    const events = await eventsDuring(async () => {
      const writing = alice.mutate(KEY, load);
      await started;
      await cache.eraseUser('alice');
      release(undefined);
      await writing;
      expect(await alice.getOrSet(KEY, () => 'loaded')).toBe('loaded');
    });
    expect(events).toContainEqual({ type: 'salt', cause: 'absent' });
    expect(await alice.get(KEY)).toBeUndefined();
  });
});
