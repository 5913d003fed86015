import express, { type Request, type Response } from 'express';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { MemoryStore, userCache, type UserCacheMiddleware } from '../../src/index.js';
import { Eagerness } from '../../src/load/eagerness.js';
import { eventsDuring, nextEvent } from '../support/events.js';
import { held } from '../support/held.js';
import { places, type Processes } from '../support/places.js';

const namespaces = {
  a: { ttl: '10s', eager: true },
  one: { ttl: '10s', eager: true, loads: { concurrency: 1 } },
  lazy: { ttl: '10s' },
} as const;
const never = (): never => {
  throw new Error('a load ran that should not have');
};

describe.each(places)('eager refresh, on $name', ({ open }) => {
  let processes: Processes<typeof namespaces>;
  let cache: UserCacheMiddleware<typeof namespaces>;
  let alice: ReturnType<typeof cache.forUser>;
  /** Of an interval of 1 ms before the expiry, so that with the loads' 1 s all hits after 9 s refresh, and none before. */
  const LIKELY = 1 - Math.exp(-1);
  beforeEach(async () => {
    processes = open(namespaces);
    cache = processes.start();
    await cache.ready();
    alice = cache.forUser('alice');
    vi.spyOn(Math, 'random').mockReturnValue(LIKELY);
  });
  afterEach(async () => {
    vi.restoreAllMocks();
    await processes.close();
  });

  const load = (value: string) => (): string => {
    processes.clock.now += 1_000;
    return value;
  };
  /** An entry whose load took 1 s and that expires in 1 s, less a little. */
  const nearExpiry = async (name: 'a' | 'one' | 'lazy' = 'a'): Promise<void> => {
    await alice.getOrSet([name], load('old'));
    processes.clock.now += 9_001;
  };

  it('answers the hit at once, loads in the background, and fills', async () => {
    await nearExpiry();
    const refresh = held<string>();
    expect(await alice.getOrSet(['a'], refresh.load)).toBe('old');
    await refresh.started;
    const filled = nextEvent('fill');
    refresh.release('new');
    await filled;
    expect(await alice.getOrSet(['a'], never)).toBe('new');
  });

  it('waits until the expiry is near, and for a namespace that asks for it', async () => {
    await alice.getOrSet(['a'], load('old'));
    processes.clock.now += 8_990;
    expect(await alice.getOrSet(['a'], never)).toBe('old');
    await nearExpiry('lazy');
    expect(await alice.getOrSet(['lazy'], never)).toBe('old');
    await alice.get(['a']);
  });

  it('runs once at a time, and is joined by whoever misses meanwhile', async () => {
    await nearExpiry();
    const refresh = held<string>();
    for (let hit = 0; hit < 3; hit += 1) expect(await alice.getOrSet(['a'], refresh.load)).toBe('old');
    await refresh.started;
    processes.clock.now += 1_000;
    const missing = alice.getOrSet(['a'], never);
    await alice.get(['a']);
    refresh.release('new');
    expect(await missing).toBe('new');
    expect(refresh.calls()).toBe(1);
  });

  it('is not stored if the key was invalidated while it ran', async () => {
    await nearExpiry();
    const refresh = held<string>();
    await alice.getOrSet(['a'], refresh.load);
    await refresh.started;
    await alice.invalidate(['a']);
    const ended = Promise.race([nextEvent('refused'), nextEvent('fill')]);
    refresh.release('new');
    expect((await ended).type).toBe('refused');
    expect(await alice.get(['a'])).toBeUndefined();
  });

  it('is not joined by who misses after an invalidation', async () => {
    await nearExpiry();
    const refresh = held<string>();
    await alice.getOrSet(['a'], refresh.load);
    await refresh.started;
    await alice.invalidate(['a']);
    expect(await alice.getOrSet(['a'], () => 'after')).toBe('after');
    refresh.release('before');
  });

  it('is an event where it fails, and never an error', async () => {
    await nearExpiry();
    const failed = nextEvent('refresh-failed');
    expect(await alice.getOrSet(['a'], () => Promise.reject(new Error('the database is down')))).toBe('old');
    expect(await failed).toEqual({ type: 'refresh-failed', namespace: 'a' });
    expect(await alice.getOrSet(['a'], () => 'another try')).toBe('old');
  });

  it('is not started while a hold stands', async () => {
    await nearExpiry();
    await alice.mutate(['lazy'], async () => {
      expect(await alice.getOrSet(['a'], never)).toBe('old');
      await alice.get(['a']);
    });
  });

  it('takes no turn where readers wait for them', async () => {
    await nearExpiry('one');
    const other = held<string>();
    const reading = alice.getOrSet(['one', 'other'], other.load);
    await other.started;
    expect(await alice.getOrSet(['one'], never)).toBe('old');
    await alice.get(['one']);
    other.release('other');
    await reading;
  });

  it('says nothing where all goes well', async () => {
    const events = await eventsDuring(async () => {
      await nearExpiry();
      const filled = nextEvent('fill');
      await alice.getOrSet(['a'], () => 'new');
      await filled;
    });
    expect(events.map(({ type }) => type)).toEqual(['miss', 'fill', 'hit', 'fill']);
  });
});

describe('an eager refresh of a request', () => {
  it.each([
    ['the same user', 'alice', 'new'],
    ['another user', 'bob', 'old'],
  ])('that is by then of %s', async (_, later, expected) => {
    const clock = { now: 1_000_000 };
    const now = (): number => clock.now;
    let user = 'alice';
    const response = { ...express.response, writableEnded: false };
    const cache = userCache({
      store: new MemoryStore({ now }),
      namespaces: { a: { ttl: '10s', eager: true } },
      identify: () => user,
      jitter: 0,
      cacheControl: false,
      now,
    });
    const req = Object.create(express.request) as Request;
    void cache(req, response as unknown as Response, () => undefined);
    await req.userCache.getOrSet(['a'], () => {
      clock.now += 10_000;
      return 'old';
    });
    clock.now += 9_999;
    vi.spyOn(Math, 'random').mockReturnValue(0.99);
    const refresh = held<string>();
    expect(await req.userCache.getOrSet(['a'], refresh.load)).toBe('old');
    vi.restoreAllMocks();
    await refresh.started;
    response.writableEnded = true;
    user = later;
    const ended = Promise.race([nextEvent('fill'), nextEvent('refresh-failed')]);
    refresh.release('new');
    expect((await ended).type).toBe(expected === 'new' ? 'fill' : 'refresh-failed');
    expect(await cache.forUser('alice').get(['a'])).toBe(expected);
    expect(await cache.forUser('bob').get(['a'])).toBeUndefined();
  });
});

describe('eagerness', () => {
  it('refreshes with the probability of the paper', () => {
    const eagerness = new Eagerness(2);
    eagerness.took(100);
    // P(due) at a distance d is exp(-d / (mean * beta)).
    for (const distance of [50, 200, 600]) {
      let due = 0;
      for (let i = 0; i < 1_000; i += 1) {
        vi.spyOn(Math, 'random').mockReturnValue((i + 0.5) / 1_000);
        if (eagerness.isDue(0, distance)) due += 1;
      }
      expect(due / 1_000).toBeCloseTo(Math.exp(-distance / 200), 2);
    }
    vi.restoreAllMocks();
  });

  it('knows nothing before the first load, follows the later ones, and is never below 0', () => {
    vi.spyOn(Math, 'random').mockReturnValue(1 - Math.exp(-1));
    const eagerness = new Eagerness(1);
    expect(eagerness.isDue(10, 10)).toBe(false);
    eagerness.took(-5);
    expect([eagerness.isDue(9, 10), eagerness.isDue(10, 10)]).toEqual([false, true]);
    for (let i = 0; i < 50; i += 1) eagerness.took(100);
    expect([eagerness.isDue(900, 1_001), eagerness.isDue(901, 1_000)]).toEqual([false, true]);
    vi.restoreAllMocks();
  });
});
