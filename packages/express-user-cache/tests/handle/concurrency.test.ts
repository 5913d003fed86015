import express, { type Request, type Response } from 'express';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { MemoryStore, userCache, type UserCacheMiddleware } from '../../src/index.js';
import { type Held, held } from '../support/held.js';
import { places, type Processes } from '../support/places.js';

const namespaces = {
  one: { ttl: '1m', loads: { concurrency: 1 } },
  other: { ttl: '1m', loads: { concurrency: 1 } },
  bounded: { ttl: '1m', loads: { concurrency: 1 }, timeout: { hard: '1s' } },
  free: { ttl: '1m' },
} as const;

describe.each(places)('loads at a time, on $name', ({ open }) => {
  let processes: Processes<typeof namespaces>;
  let cache: UserCacheMiddleware<typeof namespaces>;
  let alice: ReturnType<typeof cache.forUser>;
  beforeEach(async () => {
    processes = open(namespaces);
    cache = processes.start();
    await cache.ready();
    alice = cache.forUser('alice');
  });
  afterEach(async () => {
    vi.useRealTimers();
    await processes.close();
  });

  it('are no more than the namespace says, over all its users, first come first served', async () => {
    const order: string[] = [];
    const loads = new Map<string, Held<string>>();
    const read = (user: string): Promise<unknown> => {
      const load = held<string>();
      loads.set(user, load);
      return cache.forUser(user).getOrSet(['one'], () => {
        order.push(user);
        return load.load();
      });
    };
    const alices = read('alice');
    await loads.get('alice')?.started;
    const rest: Promise<unknown>[] = [];
    for (const user of ['bob', 'carol']) {
      rest.push(read(user));
      // Behind its own look at the store, so that it stands in the queue.
      await cache.forUser(user).get(['one']);
      await cache.forUser(user).get(['one']);
    }
    expect(order).toEqual(['alice']);
    // Another namespace has turns of its own.
    expect(await cache.forUser('bob').getOrSet(['other'], () => 'at once')).toBe('at once');
    loads.get('alice')?.fail(new Error('its own error'));
    await expect(alices).rejects.toThrow('its own error');
    await loads.get('bob')?.started;
    loads.get('bob')?.release('b');
    await loads.get('carol')?.started;
    loads.get('carol')?.release('c');
    expect(await Promise.all(rest)).toEqual(['b', 'c']);
    expect(order).toEqual(['alice', 'bob', 'carol']);
    await Promise.all(['bob', 'carol'].map((user) => cache.invalidateUser(user)));
  });

  it('a load inside a load waits for no turn', async () => {
    const inner = (): Promise<string> => alice.getOrSet(['one', 'inner'], () => 'inner');
    const outer = alice.getOrSet(['one', 'outer'], async () => `outer of ${await inner()}`);
    expect(await outer).toBe('outer of inner');
  });

  it('a load inside a load brings forward what it joins', async () => {
    const began = held<undefined>();
    const outer = alice.getOrSet(['one', 'outer'], async () => {
      await began.load();
      return `outer of ${await alice.getOrSet(['one', 'inner'], () => 'its own')}`;
    });
    await began.started;
    // Stands in the queue behind the outer one, which will ask for it.
    const queued = alice.getOrSet(['one', 'inner'], () => 'queued');
    await alice.get(['one']);
    await alice.get(['one']);
    began.release(undefined);
    expect(await Promise.all([outer, queued])).toEqual(['outer of queued', 'queued']);
  });

  it('loads of two namespaces that ask for each other do not wait for ever', async () => {
    const [left, right] = [held<undefined>(), held<undefined>()];
    const leaf = (name: 'one' | 'other'): Promise<string> => alice.getOrSet([name, 'leaf'], () => name);
    const reads = [
      alice.getOrSet(['one'], async () => {
        await left.load();
        return leaf('other');
      }),
      alice.getOrSet(['other'], async () => {
        await right.load();
        return leaf('one');
      }),
    ];
    await Promise.all([left.started, right.started]);
    left.release(undefined);
    right.release(undefined);
    expect(await Promise.all(reads)).toEqual(['other', 'one']);
  });

  it('nor where a load without turns stands between them', async () => {
    const [first, began] = [held<undefined>(), held<undefined>()];
    const between = (): Promise<string> =>
      alice.getOrSet(['free'], () => alice.getOrSet(['one', 'leaf'], () => 'leaf'));
    const outer = alice.getOrSet(['one'], async () => {
      await first.load();
      return between();
    });
    await first.started;
    const joined = alice.getOrSet(['free'], async () => {
      await began.load();
      return alice.getOrSet(['one', 'leaf'], () => 'leaf');
    });
    await began.started;
    first.release(undefined);
    began.release(undefined);
    expect(await Promise.all([outer, joined])).toEqual(['leaf', 'leaf']);
  });

  it('runs no load for a request whose user changed while it waited for its turn', async () => {
    let user = 'alice';
    const own = userCache({ namespaces, store: new MemoryStore(), identify: () => user, cacheControl: false });
    const first = held<string>();
    const bobs = own.forUser('bob').getOrSet(['one'], first.load);
    await first.started;
    const req = Object.create(express.request) as Request;
    void own(req, Object.create(express.response) as Response, () => undefined);
    const ran = vi.fn(() => "mallory's");
    const waiting = req.userCache.getOrSet(['one'], ran);
    await own.forUser('alice').get(['one']);
    await own.forUser('alice').get(['one']);
    user = 'mallory';
    first.release("bob's");
    await expect(waiting).rejects.toMatchObject({ code: 'ERR_UC_OWNER_CHANGED' });
    expect(ran).not.toHaveBeenCalled();
    expect(await bobs).toBe("bob's");
  });

  it('hard: a load whose turn does not come in time is never started, and one that is late gives its turn up', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
    const hanging = held<string>();
    const never = vi.fn(() => 'started');
    const reads = [alice.getOrSet(['bounded', 1], hanging.load)];
    await hanging.started;
    reads.push(alice.getOrSet(['bounded', 2], never));
    await alice.get(['bounded']);
    await alice.get(['bounded']);
    const outcomes = Promise.allSettled(reads);
    await vi.advanceTimersByTimeAsync(1_001);
    await new Promise((resolve) => setImmediate(resolve));
    for (const outcome of await outcomes) {
      expect(outcome).toMatchObject({ status: 'rejected', reason: { code: 'ERR_UC_LOAD_TIMEOUT' } });
    }
    expect(await alice.getOrSet(['bounded', 3], () => 'next')).toBe('next');
    hanging.release('late');
  });
});
