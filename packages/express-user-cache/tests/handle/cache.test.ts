import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { MemoryStore, userCache } from '../../src/index.js';
import { deployments, type Fleet, namespaces, type TestCache } from '../support/caches.js';
import { eventsDuring } from '../support/events.js';

const never = (): never => {
  throw new Error('the load ran');
};

describe.each(deployments)('a user cache on $name', ({ start, l1 }) => {
  let fleet: Fleet;
  let cache: TestCache;

  beforeEach(async () => {
    fleet = start();
    cache = fleet.process();
    await cache.ready();
  });
  afterEach(() => fleet.close());

  it('loads on a miss and not on a hit', async () => {
    const alice = cache.forUser('alice');
    expect(await alice.get(['profile'])).toBeUndefined();
    expect(await alice.getOrSet(['profile'], () => Promise.resolve({ name: 'Alice' }))).toEqual({ name: 'Alice' });
    expect(await alice.getOrSet(['profile'], never)).toEqual({ name: 'Alice' });
  });

  it.each([null, 0, '', false, [], {}])('stores %j like any other value', async (value) => {
    const alice = cache.forUser('alice');
    expect(await alice.getOrSet(['profile'], () => value)).toEqual(value);
    expect(await alice.getOrSet(['profile'], never)).toEqual(value);
  });

  it('does not store undefined', async () => {
    const alice = cache.forUser('alice');
    expect(await alice.getOrSet(['profile'], (): string | undefined => undefined)).toBeUndefined();
    expect(await alice.getOrSet(['profile'], () => 'loaded')).toBe('loaded');
  });

  it('answers a miss in the shape that a hit has', async () => {
    const load = (): unknown => ({ at: new Date(0), gone: undefined, kept: null });
    const json = { at: '1970-01-01T00:00:00.000Z', kept: null };
    expect(await cache.forUser('alice').getOrSet(['profile'], load)).toStrictEqual(json);
    expect(await cache.forUser('alice').getOrSet(['profile'], load)).toStrictEqual(json);
  });

  it('returns what nobody can change, whichever call it is', async () => {
    const alice = cache.forUser('alice');
    const value = { list: [{ tags: ['a'] }] };
    const key = ['profile'] as const;
    const returned = [
      await alice.getOrSet(key, () => value),
      await alice.getOrSet(key, never),
      await alice.get(key),
      ...(await alice.getMany([key])),
      await alice.writeThrough(key, () => value),
    ] as (typeof value)[];
    for (const { list } of returned) {
      expect(() => list.push({ tags: [] })).toThrow(TypeError);
      expect(() => list[0]?.tags.push('mutated')).toThrow(TypeError);
    }
    value.list.push({ tags: ['what the load returned is its own'] });
    expect(await alice.get(key)).toEqual({ list: [{ tags: ['a'] }] });
  });

  it('keeps users apart whose ids look alike', async () => {
    const ids = [
      '1',
      1,
      1n,
      'a:b',
      'a',
      '*',
      '{x}',
      '../',
      '__proto__',
      'constructor',
      'caf\u00e9',
      'cafe\u0301',
      '👩‍👩‍👧',
      'x'.repeat(5_000),
      ' ',
      '%2A',
      '#1',
      '@1',
    ];
    for (const [index, id] of ids.entries()) await cache.forUser(id).set(['profile'], index);
    for (const [index, id] of ids.entries()) expect(await cache.forUser(id).get(['profile'])).toBe(index);
    await Promise.all(ids.map((id) => cache.invalidateUser(id)));
  });

  it('keeps keys apart that look alike', async () => {
    const alice = cache.forUser('alice');
    const keys = [
      ['search', 'a', 'b'],
      ['search', 'a:b'],
      ['search', 'a', ''],
      ['search', 1],
      ['search', '1'],
      ['search', true],
      ['search', 'true'],
      ['search', { a: 1 }],
      ['search', { a: '1' }],
      ['search', { a: 1, b: 2 }],
      ['search', { a: { b: 1 } }],
      ['search', { a: [1, 2] }],
      ['search', { a: '1,2' }],
      ['search', '(a=#1)'],
      ['search', '__proto__'],
      ['search', '💬'.repeat(2_000)],
      ['search', '💬'.repeat(2_001)],
    ] as const;
    // Without waiting in between, a set of ['search', 'a'] would be an invalidation of what is below it.
    for (const [index, key] of keys.entries()) await alice.set(key, index);
    expect(await alice.getMany(keys)).toEqual(keys.map((_, index) => index));
  });

  it('takes the same parameters in any order for the same key', async () => {
    const alice = cache.forUser('alice');
    await alice.set(['search', { q: 'a', page: 2, filter: { b: 1, a: 2 }, from: undefined }], 'found');
    expect(await alice.get(['search', { filter: { a: 2, b: 1 }, page: 2, q: 'a' }])).toBe('found');
  });

  it('invalidates by prefix', async () => {
    const alice = cache.forUser('alice');
    const keys = [
      ['conversation', 1],
      ['conversation', 1, 'history'],
      ['conversation', 11],
    ] as const;
    for (const key of keys) await alice.set(key, 'stored');
    await alice.invalidate(['conversation', 1]);
    expect(await alice.getMany(keys)).toEqual([undefined, undefined, 'stored']);
    await alice.invalidate(['conversation']);
    expect(await alice.get(['conversation', 11])).toBeUndefined();
  });

  it('does not store what its load skips, and stores for as long as it says', async () => {
    const alice = cache.forUser('alice');
    const skipping = await alice.getOrSet(['profile'], ({ skip }) => {
      skip();
      return 'partial';
    });
    expect(skipping).toBe('partial');
    expect(await alice.get(['profile'])).toBeUndefined();
    await expect(
      alice.getOrSet(['profile'], ({ ttl }) => {
        ttl(-1);
      }),
    ).rejects.toMatchObject({ code: 'ERR_UC_BAD_TTL' });
  });

  it('works bound to a namespace', async () => {
    const conversations = cache.forUser('alice').namespace('conversation');
    expect(await conversations.getOrSet([7], () => 'seven')).toBe('seven');
    expect(await cache.forUser('alice').get(['conversation', 7])).toBe('seven');
    await conversations.set([8, 'title'], 'eight');
    expect(await conversations.getMany([[7], [8, 'title'], [9]])).toEqual(['seven', 'eight', undefined]);
    await conversations.mutate([[7]], () => undefined);
    expect(await conversations.get([7])).toBeUndefined();
    expect(await conversations.writeThrough([7], () => 'again')).toBe('again');
    await conversations.invalidate([8]);
    expect(await conversations.getMany([[7], [8, 'title']])).toEqual(['again', undefined]);
  });

  it('shares what is shared, and only that', async () => {
    await cache.shared.set(['config', 'version'], 3);
    expect(await fleet.process().shared.get(['config', 'version'])).toBe(3);
    // @ts-expect-error a user's namespace is not shared
    await expect(cache.shared.get(['profile'])).rejects.toMatchObject({ code: 'ERR_UC_UNKNOWN_NAMESPACE' });
    // @ts-expect-error a shared namespace is not a user's
    await expect(cache.forUser('alice').get(['config'])).rejects.toMatchObject({ code: 'ERR_UC_UNKNOWN_NAMESPACE' });
    await cache.shared.invalidateAll();
    expect(await cache.shared.get(['config', 'version'])).toBeUndefined();
  });

  it('rejects with the error of the load, and does not remember it', async () => {
    const alice = cache.forUser('alice');
    const failure = new Error('the database is down');
    await expect(alice.getOrSet(['profile'], () => Promise.reject(failure))).rejects.toBe(failure);
    expect(await alice.getOrSet(['profile'], () => 'loaded')).toBe('loaded');
  });

  it.each([
    ['a BigInt', { n: 1n }],
    ['a function', (): undefined => undefined],
    ['a symbol', Symbol('s')],
    [
      'a cycle',
      (() => {
        const cycle: Record<string, unknown> = {};
        cycle.self = cycle;
        return cycle;
      })(),
    ],
  ])('rejects %s, which JSON cannot hold', async (_, value) => {
    const alice = cache.forUser('alice');
    const error = { code: 'ERR_UC_NOT_SERIALISABLE', name: 'UserCacheTypeError' };
    await expect(alice.set(['profile'], value)).rejects.toMatchObject(error);
    await expect(alice.getOrSet(['profile'], () => value)).rejects.toMatchObject(error);
    expect(await alice.get(['profile'])).toBeUndefined();
  });

  it('rejects set of undefined', async () => {
    await expect(cache.forUser('alice').set(['profile'], undefined)).rejects.toMatchObject({
      code: 'ERR_UC_NOT_SERIALISABLE',
    });
  });

  it('publishes events that name the namespace, and nothing of the key, the user or the value', async () => {
    const alice = cache.forUser('alice-the-user');
    const events = await eventsDuring(async () => {
      await alice.getOrSet(['conversation', 'a-key-part'], () => 'a-value');
      await alice.getOrSet(['conversation', 'a-key-part'], never);
    });
    expect(events).toEqual([
      { type: 'miss', namespace: 'conversation' },
      { type: 'fill', namespace: 'conversation' },
      { type: 'hit', namespace: 'conversation', tier: l1 ? 'l1' : 'store' },
    ]);
    await cache.invalidateUser('alice-the-user');
  });
});

describe('entries', () => {
  it('expire by the clock, after their namespace, their call or their load says so', async () => {
    let now = 1_000_000;
    const cache = userCache({ namespaces: { a: { ttl: '10s' } }, jitter: 0, now: () => now });
    const alice = cache.forUser('alice');
    await alice.getOrSet(['a', 'namespace'], () => 1);
    await alice.getOrSet(['a', 'call'], () => 1, { ttl: '20s' });
    await alice.getOrSet(['a', 'load'], ({ ttl }) => {
      ttl('30s');
      return 1;
    });
    await alice.set(['a', 'set'], 1, { ttl: 40_000 });
    const stored = async (): Promise<boolean[]> =>
      (
        await alice.getMany([
          ['a', 'namespace'],
          ['a', 'call'],
          ['a', 'load'],
          ['a', 'set'],
        ])
      ).map((v) => v !== undefined);
    now += 9_999;
    expect(await stored()).toEqual([true, true, true, true]);
    now += 1;
    expect(await stored()).toEqual([false, true, true, true]);
    now += 10_000;
    expect(await stored()).toEqual([false, false, true, true]);
    now += 10_000;
    expect(await stored()).toEqual([false, false, false, true]);
    now += 10_000;
    expect(await stored()).toEqual([false, false, false, false]);
  });

  it('lose up to a tenth of their TTL at random', async () => {
    let now = 0;
    const cache = userCache({ namespaces: { a: { ttl: 1_000 } }, now: () => now, limits: { entriesPerUser: 400 } });
    const keys = Array.from({ length: 300 }, (_, i) => ['a', i] as const);
    for (const key of keys) await cache.forUser('alice').set(key, 1);
    const left = async (): Promise<number> =>
      (await cache.forUser('alice').getMany(keys)).filter((value) => value !== undefined).length;
    now = 899;
    expect(await left()).toBe(300);
    now = 950;
    expect(await left()).toBeGreaterThan(50);
    expect(await left()).toBeLessThan(250);
    now = 1_000;
    expect(await left()).toBe(0);
  });

  it('of two releases live side by side, and an invalidation reaches both', async () => {
    const store = new MemoryStore();
    const before = userCache({ store, namespaces: { a: { ttl: 'short' } } }).forUser('alice');
    const after = userCache({ store, namespaces: { a: { ttl: 'short', version: 2 } } }).forUser('alice');
    await before.getOrSet(['a', 1], () => 'old shape');
    expect(await after.getOrSet(['a', 1], () => 'new shape')).toBe('new shape');
    expect(await before.get(['a', 1])).toBe('old shape');
    await after.invalidate(['a', 1]);
    expect(await before.get(['a', 1])).toBeUndefined();
  });

  it('of two applications on one store are kept apart', async () => {
    const store = new MemoryStore();
    const [one, two] = ['one', 'two'].map((app) => userCache({ store, app, namespaces }).forUser('alice'));
    await one?.set(['profile'], 1);
    expect(await two?.get(['profile'])).toBeUndefined();
  });

  it('over the limit are returned and not stored', async () => {
    const cache = userCache({ namespaces, limits: { bytesPerEntry: 1_000 } });
    const alice = cache.forUser('alice');
    const large = 'ä'.repeat(600);
    const events = await eventsDuring(async () => {
      expect(await alice.getOrSet(['profile'], () => large)).toBe(large);
    });
    expect(events).toContainEqual(expect.objectContaining({ type: 'oversized', namespace: 'profile' }));
    expect(await alice.get(['profile'])).toBeUndefined();
    await alice.set(['profile'], 'small');
    await alice.set(['profile'], large);
    expect(await alice.get(['profile'])).toBeUndefined();
  });
});

describe('a schema', () => {
  const schema = z.object({ id: z.number(), at: z.coerce.date() });
  const create = (store = new MemoryStore()) =>
    userCache({ store, namespaces: { a: { ttl: 'short', schema } } }).forUser('alice');

  it('makes a hit and a miss what it says', async () => {
    const alice = create();
    const expected = { id: 1, at: new Date(0) };
    expect(await alice.getOrSet(['a'], () => expected)).toEqual(expected);
    expect(await alice.getOrSet(['a'], never)).toEqual(expected);
    expect(await alice.get(['a'])).toEqual(expected);
  });

  it('rejects a load that does not pass it, and says nothing of the value', async () => {
    const alice = create();
    const wrong = alice.getOrSet(['a'], () => ({ id: 'secret-value', at: 0 }));
    await expect(wrong).rejects.toMatchObject({ code: 'ERR_UC_INVALID_VALUE' });
    await expect(wrong).rejects.not.toThrow('secret-value');
    await expect(alice.set(['a'], {})).rejects.toMatchObject({ code: 'ERR_UC_INVALID_VALUE' });
    expect(await alice.get(['a'])).toBeUndefined();
  });

  it('makes a stored value that no longer passes it a miss', async () => {
    const store = new MemoryStore();
    await userCache({ store, namespaces: { a: { ttl: 'short' } } })
      .forUser('alice')
      .set(['a'], { id: 'old shape' });
    const events = await eventsDuring(async () => {
      expect(await create(store).get(['a'])).toBeUndefined();
    });
    expect(events).toContainEqual({ type: 'isolation', namespace: 'a', cause: 'schema' });
  });
});
