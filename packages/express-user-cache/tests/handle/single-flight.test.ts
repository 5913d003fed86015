import express, { type Request, type Response } from 'express';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { MemoryStore, userCache, type UserCacheMiddleware } from '../../src/index.js';
import { FaultyStore } from '../support/faulty-store.js';
import { held } from '../support/held.js';
import { places, type Processes } from '../support/places.js';

const namespaces = {
  a: { ttl: '1m', singleFlight: 'everywhere' },
  bounded: { ttl: '1m', singleFlight: 'everywhere', timeout: { hard: '50ms' } },
  one: { ttl: '1m', singleFlight: 'everywhere', loads: { concurrency: 1 } },
} as const;
const never = (): never => {
  throw new Error('a load ran that should not have');
};

describe.each(places)('one load for many processes, on $name', ({ open }) => {
  let processes: Processes<typeof namespaces>;
  let caches: UserCacheMiddleware<typeof namespaces>[];
  const alice = (process: number): ReturnType<UserCacheMiddleware<typeof namespaces>['forUser']> => {
    const cache = caches[process];
    if (!cache) throw new Error('no such process');
    return cache.forUser('alice');
  };
  beforeEach(async () => {
    processes = open(namespaces);
    caches = Array.from({ length: 3 }, () => processes.start());
    await Promise.all(caches.map((cache) => cache.ready()));
  });
  afterEach(() => processes.close());

  it('the others wait for what the first stores', async () => {
    const load = held<string>();
    const first = alice(0).getOrSet(['a'], load.load);
    await load.started;
    const others = [alice(1).getOrSet(['a'], never), alice(2).getOrSet(['a'], never)];
    // By then they have asked for the lease: what they asked for later is answered.
    for (const process of [1, 2]) for (let i = 0; i < 3; i += 1) await alice(process).get(['a']);
    load.release('loaded');
    expect(await Promise.all([first, ...others])).toEqual(['loaded', 'loaded', 'loaded']);
  });

  it('who misses after an invalidation does not wait for a load from before it', async () => {
    const load = held<string>();
    const first = alice(0).getOrSet(['a'], load.load);
    await load.started;
    await alice(1).invalidate(['a']);
    expect(await alice(2).getOrSet(['a'], () => 'new')).toBe('new');
    load.release('old');
    expect(await first).toBe('old');
    expect(await alice(1).getOrSet(['a'], never)).toBe('new');
  });

  it.each([
    [
      'fails',
      (load: ReturnType<typeof held<string>>) => {
        load.fail(new Error('its own error'));
      },
    ],
    [
      'is not stored',
      (load: ReturnType<typeof held<string>>) => {
        load.release('skipped');
      },
    ],
  ])('all load for themselves where the first %s', async (_, end) => {
    const load = held<string>();
    const first = alice(0).getOrSet(['a'], ({ skip }) => {
      skip();
      return load.load();
    });
    await load.started;
    const own = (process: number) => alice(process).getOrSet(['a'], () => `own ${process}`);
    const others = [own(1), own(2)];
    for (const process of [1, 2]) for (let i = 0; i < 3; i += 1) await alice(process).get(['a']);
    end(load);
    await first.catch(() => undefined);
    for (const [index, value] of (await Promise.all(others)).entries()) {
      expect(['own 1', 'own 2'], `process ${index + 1}`).toContain(value);
    }
  });

  it('who waits is bound by its own hard timeout', async () => {
    const load = held<string>();
    const first = alice(0).getOrSet(['bounded'], load.load, { timeout: { hard: '1m' } });
    await load.started;
    await expect(alice(1).getOrSet(['bounded'], never)).rejects.toMatchObject({ code: 'ERR_UC_LOAD_TIMEOUT' });
    load.release('late');
    expect(await first).toBe('late');
  });

  it('no turn is kept by who waits', async () => {
    const load = held<string>();
    const first = alice(0).getOrSet(['one'], load.load);
    await load.started;
    const waiting = alice(1).getOrSet(['one'], never);
    await alice(1).get(['one']);
    expect(await alice(1).getOrSet(['one', 'other'], () => 'at once')).toBe('at once');
    load.release('loaded');
    expect(await Promise.all([first, waiting])).toEqual(['loaded', 'loaded']);
    expect(await alice(1).getOrSet(['one', 'third'], () => 'again')).toBe('again');
  });
});

describe('a lease', () => {
  it('lapses with its holder, is renewed by it, and is taken once where it lapsed', async () => {
    const clock = { now: 0 };
    const store = new MemoryStore({ now: () => clock.now });
    const control = await store.open('bucket');
    const ask = (id: string, waited: boolean, ms = 100) =>
      store.lease('bucket', { name: 'a', stamp: control, id, ms, waited });
    expect(await ask('x', false)).toBe('taken');
    expect([await ask('y', false), await ask('y', true)]).toEqual(['held', 'held']);
    clock.now += 60;
    expect(await ask('x', false)).toBe('taken');
    clock.now += 60;
    expect(await ask('y', true)).toBe('held');
    clock.now += 60;
    expect([await ask('y', true), await ask('z', true)]).toEqual(['taken', 'held']);
    // Who ends it must be its holder; nobody who waited takes what was ended.
    expect([await ask('z', true, 0), await ask('z', true)]).toEqual(['free', 'held']);
    expect([await ask('y', true, 0), await ask('z', true), await ask('z', false)]).toEqual(['free', 'free', 'taken']);
  });

  it('runs no load for a request whose user changed while it waited for one', async () => {
    let user = 'alice';
    const store = new MemoryStore();
    const first = held<string>();
    const holding = userCache({ namespaces, store }).forUser('alice').getOrSet(['a'], first.load);
    await first.started;
    const cache = userCache({ namespaces, store, identify: () => user, cacheControl: false });
    const req = Object.create(express.request) as Request;
    void cache(req, Object.create(express.response) as Response, () => undefined);
    const ran = vi.fn(() => "mallory's");
    const lease = vi.spyOn(store, 'lease');
    const waiting = req.userCache.getOrSet(['a'], ran);
    const failed = expect(waiting).rejects.toMatchObject({ code: 'ERR_UC_OWNER_CHANGED' });
    await expect.poll(() => lease.mock.calls.length).toBeGreaterThan(1);
    user = 'mallory';
    first.fail(new Error('its own error'));
    await expect(holding).rejects.toThrow('its own error');
    await failed;
    expect(ran).not.toHaveBeenCalled();
  });

  it('needs a store that has them', () => {
    expect(() => userCache({ namespaces, store: new FaultyStore() })).toThrow(/'a'.*lease/);
  });

  it('is not asked for by a namespace that does not want it', async () => {
    const store = new MemoryStore();
    const lease = vi.spyOn(store, 'lease');
    const cache = userCache({ namespaces: { a: { ttl: '1m' } }, store });
    await cache.forUser('alice').getOrSet(['a'], () => 'loaded');
    expect(lease).not.toHaveBeenCalled();
  });
});
