import { randomUUID } from 'node:crypto';
import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { type CacheEvent, UserCacheError } from '../../src/index.js';
import { eventsDuring } from '../support/events.js';
import { PATIENCE, prove, random, SEED, sized, until } from '../support/proof.js';
import { type Proxied, throughProxy, wires } from '../support/proxied.js';
import { describeWithRedis } from '../support/redis.js';

const USERS = ['alice', 'bob', 'carol', 'dave', 'erin', 'frank', 'grace', 'heidi'];
const KEYS = ['a', 'b', 'c', 'd'];
const FAULTS = ['drop', 'duplicate', 'swap', 'inject'] as const;
const CODES = ['ERR_UC_STORE_UNAVAILABLE', 'ERR_UC_STORE_REPLY'];

interface Value {
  readonly owner: string;
  readonly key: string;
  readonly version: number;
}

interface Counts {
  calls: number;
  hits: number;
  faults: number;
  distrusts: number;
  connections: number;
  foreign: number;
  stale: number;
  /** What was stale in a read during which an old reply was injected: nothing in it says that it is old. */
  replayed: number;
  'other errors': number;
}

/** A user with rows of their own, who reads from two places and writes from one. */
class Actor {
  readonly #user: string;
  readonly #proxied: Proxied;
  readonly #counts: Counts;
  /** The version of each row in the database, and the one that a read that starts now must not fall behind. */
  readonly #rows = new Map<string, number>();
  readonly #needed = new Map<string, number>();

  constructor(user: string, proxied: Proxied, counts: Counts) {
    this.#user = user;
    this.#proxied = proxied;
    this.#counts = counts;
  }

  async read(): Promise<void> {
    const cache = this.#proxied.cache.forUser(this.#user);
    const keys = [random.oneOf(KEYS), random.oneOf(KEYS)];
    const needed = keys.map((key) => this.#needed.get(key) ?? 0);
    const { inject: injected } = this.#proxied.proxy.counts.faults;
    const loads: string[] = [];
    const [first = ''] = keys;
    const values: unknown[] =
      random.between(1, 3) === 1
        ? await cache.getMany(keys.map((key) => ['conversation', key] as const))
        : [
            await cache.getOrSet(['conversation', first], () => {
              loads.push(first);
              return this.#row(first);
            }),
          ];
    for (const [index, value] of values.entries()) {
      if (value === undefined) continue;
      if (loads.length === 0) this.#counts.hits += 1;
      const { owner, key, version } = value as Value;
      if (owner !== this.#user || key !== keys[index]) this.#counts.foreign += 1;
      if (version >= (needed[index] ?? 0)) continue;
      if (this.#proxied.proxy.counts.faults.inject > injected) this.#counts.replayed += 1;
      else this.#counts.stale += 1;
    }
  }

  async write(): Promise<void> {
    const cache = this.#proxied.cache.forUser(this.#user);
    const key = random.oneOf(KEYS);
    this.#rows.set(key, (this.#rows.get(key) ?? 0) + 1);
    const row = this.#row(key);
    const kind = random.between(1, 10);
    if (kind === 1) await cache.invalidateAll();
    else if (kind < 5) await cache.set(['conversation', key], row);
    else await cache.invalidate(['conversation', key]);
    // Only what was acknowledged is promised.
    this.#needed.set(key, row.version);
  }

  #row(key: string): Value {
    return { owner: this.#user, key, version: this.#rows.get(key) ?? 0 };
  }
}

interface Repetition {
  readonly counts: Counts;
  readonly mayFail: boolean;
  readonly connected: () => Promise<void>;
  readonly done: () => boolean;
}

/** Repeats until there were enough faults. An error of the store is no fault of the cache: writes say it, reads never do. */
async function repeat(work: () => Promise<void>, { counts, mayFail, connected, done }: Repetition): Promise<void> {
  while (!done()) {
    counts.calls += 1;
    await work().catch((error: unknown) => {
      const isExpected = mayFail && error instanceof UserCacheError && CODES.includes(error.code);
      if (!isExpected) counts['other errors'] += 1;
    });
    // What passes the cache by while it reconnects proves nothing.
    await connected();
    await turn();
  }
}

const distrusts = (events: readonly CacheEvent[]): number => events.filter(({ type }) => type === 'distrust').length;

describeWithRedis('replies that are shifted', () => {
  it.each(wires)('on %s never show a user what is another’s', { timeout: PATIENCE }, async (...wire) => {
    const target = sized(350, 3_400);
    const every = [20, sized(60, 200)] as const;
    const counts = await prove('desync', wire[0], async () => {
      const counts: Counts = {
        calls: 0,
        hits: 0,
        faults: 0,
        distrusts: 0,
        connections: 0,
        foreign: 0,
        stale: 0,
        replayed: 0,
        'other errors': 0,
      };
      const events = await eventsDuring(() =>
        throughProxy(wire, `desync-${randomUUID().slice(0, 8)}`, { read: 100, write: 300 }, async (proxied) => {
          const { cache, proxy } = proxied;
          proxy.schedule({ faults: FAULTS, every, seed: SEED });
          const done = (): boolean => {
            counts.faults = Object.values(proxy.counts.faults).reduce((a, b) => a + b);
            // Enough faults, and enough answers that a fault could have been in.
            return counts.faults >= target && counts.hits > target;
          };
          const connected = (): Promise<void> => cache.ready().catch(() => undefined);
          const reading = { counts, mayFail: false, connected, done };
          const writing = { ...reading, mayFail: true };
          await Promise.all(
            USERS.map((user) => new Actor(user, proxied, counts)).flatMap((actor) => [
              repeat(() => actor.read(), reading),
              repeat(() => actor.read(), reading),
              repeat(() => actor.write(), writing),
            ]),
          );
          proxy.schedule();
          // What was found out last may still be replaced.
          await until(() =>
            cache.ready().then(
              () => true,
              () => false,
            ),
          );
          counts.connections = proxy.counts.connections;
          for (const user of USERS) await cache.invalidateUser(user).catch(() => undefined);
        }),
      );
      counts.distrusts = distrusts(events);
      const { calls: runs, foreign, stale } = counts;
      return { runs, violations: foreign + stale + counts['other errors'], ...counts };
    });
    expect(counts).toMatchObject({ violations: 0 });
    // A reply that is injected is one of many, and seldom one to the same question.
    expect(counts.replayed).toBeLessThanOrEqual(counts.faults / 100);
    expect(counts.hits).toBeGreaterThan(target);
    expect(counts.distrusts).toBeGreaterThan(counts.faults / 4);
    // Whatever is found out replaces the connection, and nothing else does.
    expect(Math.abs(counts.connections - 1 - counts.distrusts)).toBeLessThanOrEqual(1);
  });
});

describeWithRedis.each(wires)('on %s', (...wire) => {
  const alone = (
    deadlines: { read: number; write: number },
    work: (proxied: Proxied) => Promise<void>,
  ): Promise<void> =>
    throughProxy(wire, `fault-${randomUUID().slice(0, 8)}`, deadlines, async (proxied) => {
      const users = ['alice', 'bob'].map((user) => proxied.cache.forUser(user));
      for (const [index, user] of users.entries()) await user.set(['profile'], index);
      await work(proxied);
      for (const user of users) await user.invalidateAll();
    });

  describe('a fault is found out, the connection replaced, and the cache works on', () => {
    it.each(['duplicate', 'inject', 'swap'] as const)('%s, between two users', (fault) =>
      alone({ read: 10_000, write: 10_000 }, async ({ cache, proxy }) => {
        // What comes before the answer to bob is an answer to alice: the worst that can be.
        await cache.forUser('alice').get(['profile']);
        const events = await eventsDuring(async () => {
          proxy.next(fault);
          const values = await Promise.all(['alice', 'bob'].map((user) => cache.forUser(user).get(['profile'])));
          expect([0, undefined]).toContain(values[0]);
          expect([1, undefined]).toContain(values[1]);
          await until(() => proxy.counts.connections === 2);
        });
        expect(distrusts(events)).toBe(1);
        await cache.ready();
        expect(await cache.forUser('bob').get(['profile'])).toBe(1);
      }),
    );

    it('duplicate, when nobody waits for a reply', () =>
      alone({ read: 10_000, write: 10_000 }, async ({ cache, proxy }) => {
        const events = await eventsDuring(async () => {
          proxy.next('duplicate');
          expect(await cache.forUser('alice').get(['profile'])).toBe(0);
          await until(() => proxy.counts.connections === 2);
        });
        expect(events).toContainEqual({ type: 'distrust' });
        await cache.ready();
      }));

    it('drop, when reads come one at a time', () =>
      alone({ read: 20, write: 10_000 }, async ({ cache, proxy }) => {
        const events = await eventsDuring(async () => {
          proxy.next('drop');
          await until(async () => {
            await cache.forUser('alice').get(['profile']);
            return proxy.counts.connections === 2;
          });
          await cache.ready();
          await until(async () => (await cache.forUser('alice').get(['profile'])) === 0);
        });
        expect(distrusts(events)).toBe(1);
      }));
  });
});
