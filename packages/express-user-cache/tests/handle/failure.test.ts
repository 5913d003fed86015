import express, { type Request, type Response } from 'express';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  MemoryStore,
  userCache,
  UserCacheError,
  type UserCacheMiddleware,
  type UserCacheOptions,
} from '../../src/index.js';
import { GuardedStore } from '../../src/store/guarded/guarded-store.js';
import { eventsDuring } from '../support/events.js';
import { FaultyStore } from '../support/faulty-store.js';
import { held } from '../support/held.js';

const namespaces = { a: { ttl: 'short' }, permission: { ttl: 'short', onUnavailable: 'throw' } } as const;
const key = ['a', 1] as const;
const never = (): never => {
  throw new Error('the load ran');
};

const caches: UserCacheMiddleware[] = [];
afterEach(() => Promise.all(caches.splice(0).map((cache) => cache.close())));

/** One process on a store that may fail, and the clock it goes by. */
function start(options: Partial<UserCacheOptions> = {}) {
  const clock = { now: 1_000_000 };
  const memory = new MemoryStore({ now: () => clock.now });
  const store = new FaultyStore(memory);
  const cache = userCache({ jitter: 0, now: () => clock.now, ...options, store, namespaces });
  caches.push(cache);
  /** Another process, which reaches the store all the time. */
  const elsewhere = userCache({ jitter: 0, now: () => clock.now, store: memory, namespaces });
  return { clock, store, cache, alice: cache.forUser('alice'), elsewhere: elsewhere.forUser('alice') };
}

describe('a store that is slow or down', () => {
  it('makes reads run their loads, which are not stored', async () => {
    const { store, alice } = start();
    store.goDown();
    expect(await alice.get(key)).toBeUndefined();
    expect(await alice.getOrSet(key, () => 'loaded')).toBe('loaded');
    expect(store.count('fill')).toBe(0);
    store.comeBack();
    expect(await alice.getOrSet(key, () => 'again')).toBe('again');
    expect(await alice.getOrSet(key, never)).toBe('again');
  });

  it('is not asked any more by reads after five failures, until a probe a second later', async () => {
    const { clock, store, alice } = start();
    await alice.set(key, 'stored');
    store.goDown();
    const events = await eventsDuring(async () => {
      for (let i = 0; i < 20; i++) expect(await alice.getOrSet(key, () => i)).toBe(i);
    });
    expect(store.count('read')).toBe(1 + 5);
    expect(events.filter(({ type }) => type === 'store-error')).toHaveLength(5);
    expect(events.filter(({ type }) => type === 'breaker-open')).toHaveLength(1);

    store.comeBack();
    expect(await alice.get(key)).toBeUndefined();
    clock.now += 1_000;
    expect(await eventsDuring(() => alice.get(key))).toEqual([
      { type: 'breaker-close' },
      { type: 'hit', namespace: 'a', tier: 'store' },
    ]);
    expect(await alice.get(key)).toBe('stored');
  });

  it('is asked by invalidations all the same, and an answer ends the bypass', async () => {
    const { store, alice } = start();
    store.goDown();
    for (let i = 0; i < 9; i++) await alice.get(key);
    store.comeBack();
    await alice.set(key, 'stored');
    await alice.set(key, 'stored with a stamp');
    expect(await alice.get(key)).toBe('stored with a stamp');
  });

  it('makes readers of one key share loads, but none that started before they asked', async () => {
    const { store, cache, alice } = start();
    store.goDown();
    const [first, second] = [held<string>(), held<string>()];
    const one = alice.getOrSet(key, first.load);
    await first.started;
    const later = [alice.getOrSet(key, second.load)];
    // Once a read that was sent later has been answered, the one before it waits for its turn.
    await alice.get(key);
    later.push(alice.getOrSet(key, never), cache.forUser('alice').getOrSet(key, never));
    await alice.get(key);
    first.release('first');
    await second.started;
    second.release('second');
    expect([await one, ...(await Promise.all(later))]).toEqual(['first', 'second', 'second', 'second']);
  });

  it('lets nobody join a load from before an invalidation of another process', async () => {
    const { store, alice, elsewhere } = start();
    store.goDown();
    const first = held<string>();
    const before = alice.getOrSet(key, first.load);
    await first.started;
    await elsewhere.invalidate(key);
    const after = alice.getOrSet(key, () => 'new');
    first.release('old');
    expect(await before).toBe('old');
    expect(await after).toBe('new');
  });

  it('has no more loads running than limits.loadsWithoutStore; those that wait reject with their own errors', async () => {
    const { store, cache } = start({ limits: { loadsWithoutStore: 2 } });
    store.goDown();
    const loads = Array.from({ length: 4 }, () => held<string>());
    let running = 0;
    let most = 0;
    const reads = loads.map(({ load }, i) =>
      cache.forUser(`user ${i}`).getOrSet(key, async () => {
        most = Math.max(most, ++running);
        return load().finally(() => running--);
      }),
    );
    for (const { started, fail, release } of loads) {
      await started;
      if (loads[3]?.release === release) fail(new Error('its own error'));
      else release('loaded');
    }
    const outcomes = await Promise.allSettled(reads);
    expect(most).toBe(2);
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'fulfilled', 'rejected']);
    await expect(reads[3]).rejects.toThrow('its own error');
  });

  it('runs no load for a request whose user changed while it waited for its turn', async () => {
    let user = 'alice';
    const { store, cache } = start({ identify: () => user, limits: { loadsWithoutStore: 1 }, cacheControl: false });
    store.goDown();
    const first = held<string>();
    const bobs = cache.forUser('bob').getOrSet(key, first.load);
    await first.started;
    const req = Object.create(express.request) as Request;
    void cache(req, Object.create(express.response) as Response, () => undefined);
    let ran = false;
    const waiting = req.userCache.getOrSet(key, () => {
      ran = true;
    });
    const alicesToo = cache.forUser('alice').getOrSet(key, () => "alice's");
    await cache.forUser('alice').get(key);
    user = 'mallory';
    first.release("bob's");
    await expect(waiting).rejects.toMatchObject({ code: 'ERR_UC_OWNER_CHANGED' });
    expect(ran).toBe(false);
    expect(await Promise.all([bobs, alicesToo])).toEqual(["bob's", "alice's"]);
  });

  it('drops a fill that comes after it is gone', async () => {
    const { store, alice } = start();
    const load = held<string>();
    const reading = alice.getOrSet(key, load.load);
    await load.started;
    store.goDown();
    load.release('loaded');
    expect(await reading).toBe('loaded');
    store.comeBack();
    expect(await alice.get(key)).toBeUndefined();
  });

  it('fails set at once after its deadline, and not after a second one', async () => {
    const { store, alice } = start();
    store.fault = () => Promise.reject(new UserCacheError('ERR_UC_STORE_UNAVAILABLE', 'late'));
    await expect(alice.set(key, 1)).rejects.toMatchObject({ code: 'ERR_UC_STORE_UNAVAILABLE' });
    expect([store.count('fill'), store.count('invalidate')]).toEqual([1, 0]);
  });
});

describe('a store that is full', () => {
  it('goes on answering hits: what it refuses to store says nothing about reads', async () => {
    const { store, cache, alice } = start();
    await alice.set(key, 'stored');
    store.fault = (operation) => {
      if (operation === 'open' || operation === 'fill') throw new UserCacheError('ERR_UC_STORE_FULL', 'full');
    };
    for (let i = 0; i < 9; i++)
      await Promise.all([1, 2, 3, 4, 5, 6].map((n) => cache.forUser(n).getOrSet(key, () => n)));
    expect(await alice.get(key)).toBe('stored');
    await alice.set(key, 'too much');
    expect(await alice.get(key)).toBeUndefined();
  });
});

describe('a user of whom an invalidation was not acknowledged', () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  });
  afterEach(() => {
    vi.useRealTimers();
  });
  type Alice = ReturnType<typeof start>['alice'];
  const changes: readonly (readonly [string, (alice: Alice) => Promise<unknown>])[] = [
    ['invalidate', (alice) => alice.invalidate(key)],
    ['invalidate of the namespace', (alice) => alice.invalidate(['a'])],
    ['invalidateAll', (alice) => alice.invalidateAll()],
    ['set', (alice) => alice.set(key, 'new')],
    ['writeThrough', (alice) => alice.writeThrough(key, () => 'new')],
    ['mutate', (alice) => alice.mutate(key, () => undefined)],
  ];

  it.each(changes)('passes the cache by after %s, until it was sent again', async (_, change) => {
    const { store, cache, alice, elsewhere } = start();
    await alice.set(key, 'old');
    await cache.forUser('bob').set(key, "bob's");
    store.goDown();
    const dirtying = await eventsDuring(() => expect(change(alice)).rejects.toThrow());
    expect(dirtying.filter(({ type }) => type === 'dirty')).toEqual([{ type: 'dirty', users: 1 }]);

    // The store is back, the invalidation is not there yet: the old entry is, and no reader of this process gets it.
    store.comeBack();
    const fills = store.count('fill');
    expect(await elsewhere.get(key)).toBe('old');
    expect(await alice.get(key)).toBeUndefined();
    expect(await alice.getOrSet(key, () => 'loaded')).toBe('loaded');
    expect(store.count('fill')).toBe(fills);
    expect(await cache.forUser('bob').get(key)).toBe("bob's");

    const cleaning = await eventsDuring(() => vi.advanceTimersByTimeAsync(5_000));
    expect(cleaning).toEqual([{ type: 'clean', users: 0 }]);
    expect(await elsewhere.get(key)).toBeUndefined();
    expect(await alice.getOrSet(key, () => 'filled')).toBe('filled');
    expect(await alice.get(key)).toBe('filled');
  });

  it('passes the cache by from before the invalidation is sent', async () => {
    const { store, alice } = start();
    await alice.set(key, 'old');
    const gate = held<undefined>();
    store.fault = (operation) => (operation === 'invalidate' ? gate.load() : undefined);
    const invalidating = alice.invalidate(key);
    await gate.started;
    expect(await alice.getOrSet(key, () => 'new')).toBe('new');
    gate.release(undefined);
    await invalidating;
    expect(await alice.get(key)).toBeUndefined();
  });

  it('stores nothing that began to load before', async () => {
    const { store, alice, elsewhere } = start();
    const load = held<string>();
    const reading = alice.getOrSet(key, load.load);
    await load.started;
    store.goDown();
    await expect(alice.invalidate(key)).rejects.toThrow();
    store.comeBack();
    load.release('old');
    expect(await reading).toBe('old');
    expect(await elsewhere.get(key)).toBeUndefined();
  });

  it('still gets stamps for its writes: of two sets at once both are stored', async () => {
    const { store, alice } = start();
    await alice.get(key);
    await store.open('alice');
    const gate = held<undefined>();
    store.fault = (operation) => (operation === 'fill' ? gate.load() : undefined);
    const one = alice.set(['a', 1], 1);
    await gate.started;
    const two = alice.set(['a', 2], 2);
    gate.release(undefined);
    await Promise.all([one, two]);
    expect(
      await alice.getMany([
        ['a', 1],
        ['a', 2],
      ]),
    ).toEqual([1, 2]);
  });

  it('keeps its holds: a hold never turns into the invalidation of everything that is owed', async () => {
    const { store, alice } = start();
    await alice.set(key, 'old');
    store.goDown();
    await expect(alice.invalidateAll()).rejects.toThrow();
    store.comeBack();
    store.invalidations.length = 0;
    await alice.mutate(key, () => undefined);
    expect(store.invalidations).toEqual([
      { prefixes: ['a:#1:'], hold: expect.anything() as unknown },
      { prefixes: ['a:#1:'], release: expect.anything() as unknown },
    ]);
    expect(await alice.get(['a', 2])).toBeUndefined();
    await vi.advanceTimersByTimeAsync(5_000);
    expect(store.invalidations.at(-1)).toEqual({ prefixes: 'all' });
  });

  it('is clean at once where the next invalidation of the application carries what is owed', async () => {
    const { store, alice, elsewhere } = start();
    await alice.set(key, 'old');
    await alice.set(['a', 2], 'old');
    store.goDown();
    await expect(alice.invalidate(key)).rejects.toThrow();
    store.comeBack();
    await alice.invalidate(['a', 2]);
    expect(await elsewhere.getMany([key, ['a', 2]])).toEqual([undefined, undefined]);
    expect(await alice.getOrSet(key, () => 'new')).toBe('new');
    expect(await alice.get(key)).toBe('new');
  });

  it('is resent with longer and longer pauses, of at most five seconds, and at once when the store answers', async () => {
    const { clock, store, cache, alice } = start();
    store.goDown();
    await expect(alice.invalidate(key)).rejects.toThrow();
    const sentAt: number[] = [];
    let passed = 0;
    store.fault = (operation) => {
      if (operation === 'invalidate') sentAt.push(passed);
      throw new Error('still down');
    };
    for (; passed < 40_000; passed += 10) await vi.advanceTimersByTimeAsync(10);
    const pauses = sentAt.map((at, i) => at - (sentAt[i - 1] ?? 0));
    expect(pauses[0]).toBeLessThanOrEqual(110);
    expect(Math.max(...pauses)).toBeLessThanOrEqual(5_010);
    expect(sentAt.length).toBeGreaterThan(8);
    expect(sentAt.length).toBeLessThan(25);

    for (let i = 0; i < 5; i++) await cache.forUser('bob').get(key);
    store.comeBack();
    clock.now += 1_000;
    expect(
      await eventsDuring(() =>
        cache
          .forUser('bob')
          .get(key)
          .then(() => vi.advanceTimersByTimeAsync(0)),
      ),
    ).toContainEqual({
      type: 'clean',
      users: 0,
    });
  });

  it('has one resend for all that is owed', async () => {
    const { store, alice } = start();
    store.goDown();
    for (const n of [1, 2, 3]) await expect(alice.invalidate(['a', n])).rejects.toThrow();
    store.comeBack();
    store.invalidations.length = 0;
    await vi.advanceTimersByTimeAsync(5_000);
    expect(store.invalidations).toEqual([{ prefixes: ['a:#1:', 'a:#2:', 'a:#3:'] }]);
  });

  it('is not resent any more once the cache is closed', async () => {
    const { store, cache, alice } = start();
    store.goDown();
    await expect(alice.invalidate(key)).rejects.toThrow();
    const sent = store.count('invalidate');
    await cache.close();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(store.count('invalidate')).toBe(sent);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('beyond the bound makes everybody pass the store by, until the others are done', async () => {
    const faulty = new FaultyStore();
    const store = new GuardedStore(faulty, { now: () => 0, maxDirty: 2 });
    await store.open('somebody');
    faulty.goDown();
    for (const user of ['a', 'b', 'c']) await expect(store.invalidate(user, { prefixes: 'all' })).rejects.toThrow();
    faulty.comeBack();
    await expect(store.read('somebody', ['x'])).rejects.toMatchObject({ code: 'ERR_UC_STORE_UNAVAILABLE' });
    await vi.advanceTimersByTimeAsync(5_000);
    expect((await store.read('somebody', ['x'])).control).toBeDefined();
  });
});

describe('mutate that cannot place its hold', () => {
  it('proceeds with the write, and resolves if the release arrives', async () => {
    const { store, alice, elsewhere } = start();
    await alice.set(key, 'old');
    store.goDown();
    const written = await alice.mutate(key, () => {
      store.comeBack();
      return 'written';
    });
    expect(written).toBe('written');
    expect(await elsewhere.get(key)).toBeUndefined();
  });

  const refusing = [
    ['onUnavailable of the cache', { onUnavailable: 'throw' }, [key]],
    ['onUnavailable of one namespace among its keys', {}, [key, ['permission']]],
  ] as const;
  it.each(refusing)('rejects before the write with %s', async (_, options, keys) => {
    const { store, alice } = start(options);
    store.goDown();
    await expect(alice.mutate(keys, never)).rejects.toMatchObject({ code: 'ERR_UC_STORE_UNAVAILABLE' });
    store.comeBack();
    expect(await alice.mutate(keys, () => 'written')).toBe('written');
  });
});
