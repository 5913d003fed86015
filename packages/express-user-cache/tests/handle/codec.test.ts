import * as devalue from 'devalue';
import fc from 'fast-check';
import { Redis } from 'ioredis';
import { describe, expect, expectTypeOf, it } from 'vitest';
import { type Codec, json, MemoryStore, userCache } from '../../src/index.js';
import { eventsDuring } from '../support/events.js';
import { SEED } from '../support/proof.js';
import { redisUrl } from '../support/redis.js';

const never = (): never => {
  throw new Error('the load ran');
};
const rich = { name: 'devalue', stringify: devalue.stringify, parse: devalue.parse } as const satisfies Codec;
const namespaces = { a: { ttl: '1h', codec: rich } } as const;

describe('a codec', () => {
  it('decides what a value is, and its type', async () => {
    const alice = userCache({ namespaces }).forUser('alice');
    const value = { at: new Date(0), tags: new Set(['a']), n: 1n, gone: undefined, list: [undefined, NaN, -0] };
    const loaded = await alice.getOrSet(['a'], () => value);
    expectTypeOf(loaded).toEqualTypeOf<typeof value>();
    expect(loaded).toStrictEqual(value);
    expect(await alice.getOrSet(['a'], never)).toStrictEqual(value);
    const plain = userCache({ namespaces: { a: { ttl: '1h', codec: json } } }).forUser('alice');
    expectTypeOf(await plain.getOrSet(['a'], () => ({ at: new Date(0) }))).toEqualTypeOf<{ at: string }>();
  });

  const places = [
    ['as they are', () => ({ namespaces })],
    ['as text', () => ({ namespaces, store: new MemoryStore() })],
    ['sealed', () => ({ namespaces, store: new MemoryStore(), secret: 'x'.repeat(32) })],
    [
      'as text, with copies in front',
      () => ({ namespaces: { a: { ...namespaces.a, l1: 'validated' as const } }, store: new MemoryStore() }),
    ],
  ] as const;
  it.each(places)('returns what it was given, or refuses it, where values are kept %s', async (_, options) => {
    const anything = fc.anything({ maxDepth: 3, withBigInt: true, withDate: true, withMap: true, withSet: true });
    const cache = userCache<typeof namespaces>(options());
    let kept = 0;
    await fc.assert(
      fc.asyncProperty(anything, async (value) => {
        const user = cache.forUser('alice');
        await user.invalidateAll();
        const first = await user.getOrSet(['a'], () => value).catch((error: unknown) => ({ error }));
        if (typeof first === 'object' && first !== null && 'error' in first) {
          expect(first).toMatchObject({ error: { code: 'ERR_UC_NOT_SERIALISABLE' } });
          return;
        }
        expect(first).toStrictEqual(value);
        if (value === undefined) return;
        kept += 1;
        expect(await user.get(['a'])).toStrictEqual(value);
        expect(await user.get(['a'])).toStrictEqual(value);
      }),
      { seed: SEED, numRuns: 300 },
    );
    expect(kept).toBeGreaterThan(100);
  });

  it('never shares what cannot be frozen', async () => {
    const alice = userCache({ namespaces }).forUser('alice');
    const load = () => ({ tags: new Set(['a']) });
    (await alice.getOrSet(['a'], load)).tags.add('b');
    (await alice.getOrSet(['a'], load)).tags.add('c');
    expect(await alice.getOrSet(['a'], never)).toEqual(load());
  });

  it("that changes makes a miss of what the other wrote, which is nobody else's", async () => {
    const store = new MemoryStore();
    const distrusted: string[] = [];
    store.distrust = () => distrusted.push('distrusted');
    const [before, after] = [{ a: { ttl: '1h' } } as const, namespaces].map((of) =>
      userCache({ store, namespaces: of }).forUser('alice'),
    );
    await before?.set(['a'], [1, 2]);
    const events = await eventsDuring(async () => {
      expect(await after?.get(['a'])).toBeUndefined();
    });
    expect(events).toContainEqual({ type: 'isolation', namespace: 'a', cause: 'format' });
    expect(distrusted).toEqual([]);
  });

  it.each<readonly [string, Partial<Codec>]>([
    ['throws', { stringify: never }],
    ['writes no text', { stringify: () => undefined as unknown as string }],
    ['quotes the value', { stringify: (value) => JSON.parse(`no JSON: ${String(value)}`) as string }],
  ])('that %s is a coded error that names neither key nor value', async (_, broken) => {
    const codec = { ...rich, ...broken };
    const alice = userCache({ namespaces: { a: { ttl: '1h', codec } } }).forUser('alice');
    const set = alice.set(['a', 'secret'], 'secret');
    await expect(set).rejects.toMatchObject({ code: 'ERR_UC_NOT_SERIALISABLE' });
    await expect(set).rejects.not.toThrow('secret');
    await expect(set).rejects.toThrow("'devalue'");
  });

  it.each<readonly [string, Partial<Codec>]>([
    ['cannot read what it wrote', { parse: never }],
    ['makes undefined of it', { parse: () => undefined }],
  ])('that %s stores nothing, and misses', async (_, broken) => {
    const store = new MemoryStore();
    const codec = { ...rich, ...broken };
    const alice = userCache({ store, namespaces: { a: { ttl: '1h', codec } } }).forUser('alice');
    await expect(alice.getOrSet(['a'], () => 1)).rejects.toMatchObject({ code: 'ERR_UC_INVALID_VALUE' });
    await userCache({ store, namespaces }).forUser('alice').set(['a'], 1);
    expect(await alice.get(['a'])).toBeUndefined();
  });

  it.skipIf(redisUrl === '')('works on Redis, sealed (run with REDIS_URL)', async () => {
    const app = `codec-${process.pid}`;
    const cache = userCache({ redis: new Redis(redisUrl), app, namespaces, secret: 'x'.repeat(32) });
    await cache.ready();
    const value = { at: new Date(0), tags: new Map([['a', 1n]]) };
    await cache.forUser('alice').set(['a'], value);
    expect(await cache.forUser('alice').get(['a'])).toStrictEqual(value);
    await cache.invalidateUser('alice');
    await cache.close();
  });
});
