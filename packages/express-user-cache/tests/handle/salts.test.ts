import type { Request, Response } from 'express';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { MemoryStore, type Salt, userCache, type UserCacheOptions } from '../../src/index.js';
import { idOf, isUser, sessionOwner, userOwner, EVERYBODY } from '../../src/identity/owner.js';
import { type Clock, fakeClock } from '../../src/testing/index.js';
import { namespaces, type TestCache } from '../support/caches.js';
import { eventsDuring } from '../support/events.js';
import { FaultyStore } from '../support/faulty-store.js';
import { deferred, held } from '../support/held.js';
import { SaltTable } from '../support/salts.js';

const shared = { config: { ttl: 'long' } } as const;
const secret = 's'.repeat(32);
const KEY = ['conversation', 1] as const;

let store: MemoryStore;
let table: SaltTable;
let clock: Clock;
const caches: TestCache[] = [];

function start(options: Partial<UserCacheOptions> = {}): TestCache {
  const cache = userCache({ secret, salts: table, store, now: clock.now, jitter: 0, ...options, namespaces, shared });
  caches.push(cache);
  return cache;
}

beforeEach(() => {
  clock = fakeClock();
  store = new MemoryStore({ now: clock.now });
  table = new SaltTable('alice', 'bob');
});
afterEach(() => Promise.all(caches.splice(0).map((cache) => cache.close())));

describe('a user with a salt', () => {
  it('is cached as any other, with one lookup for many reads', async () => {
    const alice = start().forUser('alice');
    await alice.set(KEY, 'set');
    expect(await alice.get(KEY)).toBe('set');
    await Promise.all([1, 2, 3].map((id) => alice.getOrSet(['search', id], () => id)));
    expect(await alice.getMany([['search', 1], KEY])).toEqual([1, 'set']);
    await alice.writeThrough(['profile'], () => 'written');
    expect(await alice.get(['profile'])).toBe('written');
    expect(table.asked).toEqual(['alice']);
  });

  it('is looked up once for all who ask meanwhile', async () => {
    const cache = start();
    await cache.forUser('alice').set(KEY, 'set');
    const other = start().forUser('alice');
    const { promise, resolve } = deferred<undefined>();
    table.fault = () => promise;
    table.asked.length = 0;
    const reads = Array.from({ length: 5 }, () => other.get(KEY));
    await new Promise((next) => setImmediate(next));
    resolve(undefined);
    expect(await Promise.all(reads)).toEqual(Array(5).fill('set'));
    expect(table.asked).toEqual(['alice']);
  });

  it('is looked up again after a minute', async () => {
    const alice = start().forUser('alice');
    await alice.set(KEY, 'set');
    clock.advance('59s');
    await alice.get(KEY);
    expect(table.asked).toHaveLength(1);
    clock.advance('2s');
    expect(await alice.get(KEY)).toBe('set');
    expect(table.asked).toHaveLength(2);
  });

  it('is looked up again when the bucket begins a new life', async () => {
    const alice = start().forUser('alice');
    await alice.set(KEY, 'set');
    await alice.invalidateAll();
    await alice.set(KEY, 'again');
    expect(table.asked).toHaveLength(2);
  });

  it('has entries that open with this salt alone', async () => {
    await start().forUser('alice').set(KEY, 'set');
    expect(await start({ salts: undefined }).forUser('alice').get(KEY)).toBeUndefined();
    table.rows.set('alice', 'another salt, which is long enough');
    expect(await start().forUser('alice').get(KEY)).toBeUndefined();
  });

  it('does not open what was sealed without a salt', async () => {
    await start({ salts: undefined }).forUser('alice').set(KEY, 'set');
    expect(await start().forUser('alice').get(KEY)).toBeUndefined();
  });

  it('has copies in the process, those that are kept sealed included', async () => {
    // What holds a Date cannot be frozen.
    const dated = { conversation: { ttl: 'medium', l1: 'validated', schema: z.coerce.date() } } as const;
    await using cache = userCache({ secret, salts: table, store, namespaces: dated });
    const alice = cache.forUser('alice');
    await alice.set(KEY, new Date(0));
    await alice.get(KEY);
    const events = await eventsDuring(async () => {
      expect(await alice.get(KEY)).toEqual(new Date(0));
    });
    expect(events).toEqual([{ type: 'hit', namespace: 'conversation', tier: 'l1' }]);
  });

  it('serves in grace what opens', async () => {
    const alice = start().forUser('alice');
    await alice.set(KEY, 'set', { ttl: '1m', grace: '1h' });
    clock.advance('2m');
    const failing = (): Promise<never> => Promise.reject(new Error('of the application'));
    expect(await alice.getOrSet(KEY, failing, { grace: '1h' })).toBe('set');
  });
});

describe('a user without a salt', () => {
  it.each([undefined, null])('(%s) is not cached, and looked up once', async (none) => {
    table.rows.set('carol', none as null);
    const faulty = new FaultyStore(store);
    const carol = start({ store: faulty }).forUser('carol');
    const events = await eventsDuring(async () => {
      expect(await carol.getOrSet(KEY, () => 'first')).toBe('first');
      await carol.set(KEY, 'set');
      expect(await carol.getOrSet(KEY, () => 'second')).toBe('second');
      expect(await carol.getMany([KEY])).toEqual([undefined]);
      expect(await carol.writeThrough(KEY, () => 'written')).toBe('written');
      expect(await carol.mutate(KEY, () => 'mutated')).toBe('mutated');
    });
    expect(faulty.fills).toEqual([]);
    expect(table.asked).toEqual(['carol']);
    expect(events.filter(({ type }) => type === 'salt')).toEqual([{ type: 'salt', cause: 'absent' }]);
    expect(events.map(({ type }) => type)).not.toContain('store-error');
  });

  it('passes the cache by, whether or not something of theirs is stored', async () => {
    await start().forUser('alice').set(KEY, 'from before');
    table.rows.delete('alice');
    for (const user of ['alice', 'carol']) {
      const own = start().forUser(user);
      const events = await eventsDuring(async () => {
        expect(await own.getMany([KEY])).toEqual([undefined]);
        expect(await own.getOrSet(KEY, () => 'loaded')).toBe('loaded');
      });
      // Where there is no bucket, nothing has to be opened: a miss.
      expect(events.map(({ type }) => type)).toEqual(user === 'alice' ? ['salt'] : ['miss', 'miss', 'salt']);
    }
  });

  it('leaves no value of before where one is set', async () => {
    const cache = start();
    await cache.forUser('alice').set(KEY, 'old');
    const salt = table.rows.get('alice') ?? null;
    table.rows.delete('alice');
    const other = start();
    await other.forUser('alice').set(KEY, 'new');
    table.rows.set('alice', salt);
    expect(await cache.forUser('alice').get(KEY)).toBeUndefined();
  });
});

describe('a database of salts that is down', () => {
  const failing: readonly (readonly [string, () => Promise<void> | void])[] = [
    ['rejects', () => Promise.reject(new Error('down'))],
    [
      'throws',
      () => {
        throw new Error('down');
      },
    ],
  ];
  it.each(failing)(
    'and %s leaves reads to their loads and nothing in the store, until it is back',
    async (_, fault) => {
      const faulty = new FaultyStore(store);
      const alice = start({ store: faulty }).forUser('alice');
      table.fault = fault;
      const events = await eventsDuring(async () => {
        expect(await alice.getOrSet(KEY, () => 'loaded')).toBe('loaded');
        expect(await alice.get(KEY)).toBeUndefined();
        await alice.set(KEY, 'set');
        await alice.invalidate(KEY);
      });
      expect(faulty.fills).toEqual([]);
      expect(events).toContainEqual({ type: 'salt', cause: 'unreadable' });
      table.fault = () => undefined;
      await alice.set(KEY, 'set');
      expect(await alice.get(KEY)).toBe('set');
    },
  );

  it('that throws before it returns a promise is no error of a read either', async () => {
    const salts = {
      erase: table.erase,
      read: () => {
        throw new Error('down');
      },
    };
    expect(
      await start({ salts })
        .forUser('alice')
        .getOrSet(KEY, () => 'loaded'),
    ).toBe('loaded');
  });

  it('and does not answer holds a read up for no longer than a second', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    try {
      const asked = deferred<undefined>();
      table.fault = () => {
        asked.resolve(undefined);
        return new Promise(() => undefined);
      };
      const { load, calls, release } = held<string>();
      const reading = start().forUser('alice').getOrSet(KEY, load);
      release('loaded');
      await asked.promise;
      await vi.advanceTimersByTimeAsync(999);
      expect(calls()).toBe(0);
      await vi.advanceTimersByTimeAsync(1);
      expect(await reading).toBe('loaded');
    } finally {
      vi.useRealTimers();
    }
  });
});

describe('a user who changes while the salt is looked up', () => {
  it.each<readonly [string, (own: Request['userCache'], load: () => Promise<string>) => Promise<unknown>]>([
    ['getOrSet', (own, load) => own.getOrSet(KEY, load)],
    ['writeThrough', (own, load) => own.writeThrough(KEY, load)],
    ['get', (own) => own.get(KEY)],
  ])('has no %s', async (_, use) => {
    let user = 'alice';
    await start().forUser('alice').set(KEY, "alice's");
    await start().forUser('alice').invalidate(KEY);
    const [asked, answered] = [deferred<undefined>(), deferred<undefined>()];
    table.fault = () => {
      asked.resolve(undefined);
      return answered.promise;
    };
    const req = {} as unknown as Request;
    const res = { hasHeader: () => true } as unknown as Response;
    start({ identify: () => user })(req, res, () => undefined);
    const { load, calls, release } = held<string>();
    const using = use(req.userCache, load);
    await asked.promise;
    user = 'bob';
    release('loaded for whom?');
    answered.resolve(undefined);
    await expect(using).rejects.toMatchObject({ code: 'ERR_UC_OWNER_CHANGED' });
    expect(calls()).toBe(0);
  });
});

describe('a salt that is none', () => {
  it.each<readonly [string, unknown]>([
    ['too short', new Uint8Array(15)],
    ['a short string', 'fifteen letters'],
    ['a number', 42],
    ['an object', { buffer: new Uint8Array(16) }],
  ])('because it is %s is refused, before anything is loaded or written', async (_, salt) => {
    table.rows.set('alice', salt as Salt);
    const alice = start().forUser('alice');
    const { load, calls } = held<string>();
    const bad = expect.objectContaining({ code: 'ERR_UC_BAD_SALT' }) as Error;
    await expect(alice.getOrSet(KEY, load)).rejects.toThrow(bad);
    await expect(alice.set(KEY, 'set')).rejects.toThrow(bad);
    await expect(alice.writeThrough(KEY, load)).rejects.toThrow(bad);
    expect(calls()).toBe(0);
    await alice.invalidate(KEY);
  });
});

describe('what has no user', () => {
  it('needs no salt: it is shared, or a session owns it', async () => {
    const cache = start();
    await cache.shared.set(['config'], 'shared');
    expect(await cache.shared.get(['config'])).toBe('shared');
    expect(table.asked).toEqual([]);
    expect([EVERYBODY, sessionOwner('id'), userOwner('*'), userOwner('@a'), userOwner(1)].map(isUser)).toEqual([
      false,
      false,
      true,
      true,
      true,
    ]);
  });
});

describe('the id that salts are asked for', () => {
  it('is the id that identify returned, whatever it is made of', () => {
    const ids = fc.oneof(
      fc.string({ minLength: 1, maxLength: 20 }),
      fc.constantFrom('é', '😀', '\0', '#1', '$', '@', '*', '!true', '%41', '1n'),
      fc.integer(),
      fc.double({ noNaN: true, noDefaultInfinity: true }),
      fc.bigInt(),
    );
    fc.assert(
      fc.property(ids, (id) => {
        // Both zeros name one user.
        expect(idOf(userOwner(id))).toBe(Object.is(id, -0) ? 0 : id);
      }),
    );
  });

  it('cannot be read back where it is longer than a name may be', async () => {
    const long = start().forUser('x'.repeat(201));
    await expect(long.getOrSet(KEY, () => 1)).rejects.toMatchObject({ code: 'ERR_UC_BAD_OWNER' });
  });
});
