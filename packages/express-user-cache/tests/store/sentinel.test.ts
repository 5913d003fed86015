import { randomUUID } from 'node:crypto';
import { Redis } from 'ioredis';
import { Redis as Redis5 } from 'ioredis-5';
import { expect, it } from 'vitest';
import { type RedisClient, RedisStore, userCache } from '../../src/index.js';
import { eventsDuring, nextEvent } from '../support/events.js';
import { describeWithServer, RedisServer } from '../support/redis-server.js';
import { Sentinel } from '../support/sentinel.js';

/** How long elections may take on a busy machine. */
const PATIENCE = { timeout: 120_000 };
const UNTIL = { timeout: 40_000, interval: 20 };
const QUICK = { lazyConnect: true, retryStrategy: () => 20 } as const;
const clients = [
  ['ioredis 5', (options: object): RedisClient => new Redis5({ ...QUICK, ...options })],
  ['ioredis 6', (options: object): RedisClient => new Redis({ ...QUICK, ...options })],
] as const;

const key = ['a', 1] as const;
const other = ['a', 2] as const;
const deadlines = { read: 300, write: 500 } as const;
/** Reads that would be given up for another reason than that the node was left would prove nothing. */
const DEADLINES = { read: 4_000, write: 5_000 } as const;

describeWithServer.each(clients)('Sentinel, with %s', (_, connect) => {
  /** Two processes that share a cache, in which alice has two entries that the replica has too. */
  const twoProcesses = async (sentinel: Sentinel, l1: 'off' | 'bounded' = 'off') => {
    const app = randomUUID().slice(0, 18);
    const [one, two] = [1, 2].map(() =>
      userCache({ redis: connect(sentinel.options), app, namespaces: { a: { ttl: 'short', l1 } }, deadlines }),
    );
    if (!one || !two) throw new Error('unreachable');
    await Promise.all([one.ready(), two.ready()]);
    const [here, there] = [one.forUser('alice'), two.forUser('alice')];
    expect(await here.getOrSet(key, () => 'old')).toBe('old');
    expect(await here.getOrSet(other, () => 'kept')).toBe('kept');
    expect(await there.getMany([key, other])).toEqual(['old', 'kept']);
    await sentinel.replicated();
    const close = async (): Promise<void> => {
      await Promise.all([one.close(), two.close()]);
    };
    return { one, here, there, [Symbol.asyncDispose]: close };
  };

  it(
    'a primary that dies fails no read, and what could not be invalidated is gone from the next',
    PATIENCE,
    async () => {
      await using sentinel = await Sentinel.start();
      await using processes = await twoProcesses(sentinel);
      const { one, here, there } = processes;

      await sentinel.primary.kill();
      const clean = nextEvent('clean');
      await expect(here.invalidate(key)).rejects.toMatchObject({ code: 'ERR_UC_STORE_UNAVAILABLE' });
      // Until then nobody is promoted: that takes longer than these loads.
      expect(await here.getOrSet(key, () => 'loaded')).toBe('loaded');
      expect(await one.forUser('bob').getOrSet(key, () => "bob's")).toBe("bob's");
      await clean;

      await expect.poll(() => there.get(other), UNTIL).toBe('kept');
      expect(await there.get(key)).toBeUndefined();
      // Every script runs on a server that has never seen it.
      expect(await there.getOrSet(key, () => 'new')).toBe('new');
      expect(await here.getMany([key, other])).toEqual(['new', 'kept']);
      await here.set(key, 'set');
      expect(await there.get(key)).toBe('set');
      await there.mutate(key, () => undefined);
      await there.invalidateAll();
      expect(await here.getMany([key, other])).toEqual([undefined, undefined]);

      await sentinel.primary.start();
      await sentinel.demoted();
      expect(await here.getOrSet(key, () => 'newer')).toBe('newer');
      await there.invalidate(key);
      expect(await here.get(key)).toBeUndefined();
      expect(await sentinel.admin.primary.info('commandstats')).not.toContain('cmdstat_hmget');
    },
  );

  it('copies are dropped at once, and proven again by the next primary', PATIENCE, async () => {
    await using sentinel = await Sentinel.start();
    await using processes = await twoProcesses(sentinel, 'bounded');
    const { here, there } = processes;
    const tiers = async (): Promise<unknown> => {
      const events = await eventsDuring(() => here.get(other));
      return events.flatMap((event) => (event.type === 'hit' ? [event.tier] : []));
    };
    await expect.poll(tiers).toEqual(['l1']);

    // One for each process.
    const lost = nextEvent('bus').then(() => nextEvent('bus'));
    await sentinel.primary.kill();
    expect(await lost).toEqual({ type: 'bus', state: 'lost' });
    expect(await tiers()).toEqual([]);

    await expect.poll(tiers, UNTIL).toEqual(['l1']);
    await expect.poll(() => there.get(other), UNTIL).toBe('kept');
    await there.invalidate(other);
    await expect.poll(() => here.get(other)).toBeUndefined();
  });

  it('a primary that says nothing more is left, and not read when it is back', PATIENCE, async () => {
    await using sentinel = await Sentinel.start();
    await using processes = await twoProcesses(sentinel);
    const { here, there } = processes;

    sentinel.primary.freeze();
    await sentinel.promoted();
    await expect.poll(() => here.get(other), UNTIL).toBe('kept');
    await expect.poll(() => there.invalidate(key).catch(() => 'rejected'), UNTIL).toBeUndefined();
    const refilled = async (): Promise<unknown> => {
      await here.getOrSet(key, () => 'new');
      return there.get(key);
    };
    await expect.poll(refilled, UNTIL).toBe('new');
    sentinel.primary.thaw();
    for (let n = 0; n < 100; n++) expect(await here.get(key)).not.toBe('old');
    await sentinel.demoted();
    for (let n = 0; n < 100; n++) expect(await here.get(key)).toBe('new');
  });

  it('a primary that hands over is followed', PATIENCE, async () => {
    await using sentinel = await Sentinel.start();
    await using processes = await twoProcesses(sentinel);
    const { here, there } = processes;
    await sentinel.handOver();
    await expect.poll(() => there.invalidate(key).catch(() => 'rejected'), UNTIL).toBeUndefined();
    await expect.poll(() => here.get(other), UNTIL).toBe('kept');
    expect(await here.get(key)).toBeUndefined();
    expect(await here.getOrSet(key, () => 'new')).toBe('new');
    await expect.poll(() => there.get(key), UNTIL).toBe('new');
  });
});

describeWithServer.each(clients)(
  'a primary that is made a replica and keeps its connections, with %s',
  (_, connect) => {
    const fill = { prefixes: ['k:'], name: 'k:', entry: 'old', ttl: 60_000, expiresAt: 1, maxEntries: 9 };

    /** `work` with a store whose server has become a replica of another, both with the same entry. */
    const demoted = async (work: (store: RedisStore, admin: Redis) => Promise<void>): Promise<void> => {
      await using server = await RedisServer.start();
      await using next = await RedisServer.start('--repl-diskless-sync-delay', '0');
      const store = new RedisStore(connect({ host: '127.0.0.1', port: server.port }), DEADLINES);
      const admin = new Redis(server.port, '127.0.0.1');
      try {
        await store.ready();
        const stamp = await store.open('alice');
        expect(await store.fill('alice', { ...fill, stamp, supersedes: false })).toBe(true);
        await admin.replicaof('127.0.0.1', next.port);
        await work(store, admin);
      } finally {
        await store.close();
        admin.disconnect();
      }
    };
    const unavailable = expect.objectContaining({ code: 'ERR_UC_STORE_UNAVAILABLE' }) as Error;

    it('is left at the first write that it refuses', () =>
      demoted(async (store, admin) => {
        const before = await connections(admin);
        await expect(store.invalidate('alice', { prefixes: ['k:'] })).rejects.toThrow(unavailable);
        await expect.poll(() => connections(admin)).toBeGreaterThan(before);
      }));

    it('is left within a second where all that is asked for are hits, and answers none after that', PATIENCE, () =>
      demoted(async (store, admin) => {
        const before = await connections(admin);
        const read = (): Promise<string> =>
          store.read('alice', ['k:']).then(
            () => 'answered',
            () => 'left',
          );
        const began = performance.now();
        await expect.poll(read, { timeout: 5_000, interval: 5 }).toBe('left');
        expect(performance.now() - began).toBeLessThan(3_000);
        for (let n = 0; n < 50; n++) expect(await read()).toBe('left');
        await expect.poll(() => connections(admin)).toBeGreaterThan(before);
        await expect(store.ready()).rejects.toThrow(unavailable);
        // A primary again, it is read again.
        await admin.replicaof('NO', 'ONE');
        await expect.poll(read).toBe('answered');
      }),
    );
  },
);

/** How many connections a server has accepted. */
const connections = async (admin: Redis): Promise<number> =>
  Number(/total_connections_received:(\d+)/.exec(await admin.info('stats'))?.[1]);
