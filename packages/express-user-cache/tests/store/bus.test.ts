import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type RedisClient, RedisStore } from '../../src/index.js';
import { Copies } from '../../src/store/tiered/copies.js';
import { Proof } from '../../src/store/tiered/proof.js';
import { TieredStore } from '../../src/store/tiered/tiered-store.js';
import { PATIENT } from '../support/caches.js';
import { proxyTo } from '../support/holding-proxy.js';
import { clients, describeWithRedis, redisUrl } from '../support/redis.js';
import { storeConformance } from './conformance.js';

const MAX_STALE = 600_000;

describeWithRedis('with a bus', () => {
  for (const [name, connect] of clients)
    storeConformance(`TieredStore on ${name}`, () => {
      const copies = new Copies(2 ** 20, () => 0);
      const listener = new Proof(copies, MAX_STALE, () => performance.now());
      const bus = {
        channel: `uc:1:bus:${randomUUID()}`,
        maxStale: MAX_STALE,
        clock: () => performance.now(),
        listener,
      };
      return new TieredStore(new RedisStore(connect(), PATIENT, { bus }), copies);
    });
});

describeWithRedis.each(clients)('the bus on %s', (_, connect) => {
  const fill = { name: 'a:1:@1', entry: 'e', ttl: 60_000, expiresAt: 1, maxEntries: 9, prefixes: ['a:', 'a:1:'] };
  let channel: string;
  let bucket: string;
  let redis: Redis;
  let stores: RedisStore[];
  beforeEach(() => {
    bucket = `bus-${randomUUID()}`;
    channel = `uc:1:bus:${bucket}`;
    redis = new Redis(redisUrl);
    stores = [];
  });
  afterEach(async () => {
    await redis.unlink(`uc:1:{${bucket}}`);
    await Promise.all([...stores.map((store) => store.close()), redis.quit()]);
  });

  interface Listening {
    readonly store: RedisStore;
    readonly heard: unknown[];
    /** Resolves when so many invalidations have been heard. */
    readonly count: (messages: number) => Promise<void>;
    /** Resolves when messages may next have been missed. */
    readonly missed: () => Promise<void>;
  }
  const listening = (
    client: RedisClient = connect(),
    deadlines = PATIENT as { read: number; write: number },
  ): Listening => {
    const heard: unknown[] = [];
    const waiting: { done: (missed: boolean) => boolean; resolve: () => void }[] = [];
    /** Fails by an assertion where it never comes: the patience of the runner says nothing of what was waited for. */
    const until = async (what: string, done: (missed: boolean) => boolean): Promise<void> => {
      const came = new Promise<boolean>((resolve) => {
        if (done(false)) resolve(true);
        else
          waiting.push({
            done,
            resolve: () => {
              resolve(true);
            },
          });
      });
      const late = new AbortController();
      const never = pause(3_000, false, { signal: late.signal }).catch(() => false);
      expect(await Promise.race([came, never]), what).toBe(true);
      late.abort();
    };
    const tell = (missed: boolean): void => {
      for (const { done, resolve } of waiting) if (done(missed)) resolve();
    };
    const listener = {
      invalidated: (...args: unknown[]) => {
        heard.push(args);
        tell(false);
      },
      missed: () => {
        tell(true);
      },
      heard: () => undefined,
    };
    const store = new RedisStore(client, deadlines, {
      bus: { channel, maxStale: MAX_STALE, clock: () => 0, listener },
    });
    stores.push(store);
    return {
      store,
      heard,
      count: (messages) => until('the messages of others', () => heard.length >= messages),
      missed: () => until('that something was missed', (missed) => missed),
    };
  };
  /** A store that others listen to. */
  const speaking = async (): Promise<RedisStore> => {
    const { store } = listening();
    await store.ready();
    return store;
  };

  it('says what others invalidate and what control string that leaves, never what was stored', async () => {
    const { store, heard, count } = listening();
    await store.ready();
    const other = await speaking();
    const stamp = await other.open(bucket);
    await other.fill(bucket, { ...fill, stamp, supersedes: false });
    await other.fill(bucket, { ...fill, stamp, supersedes: true });
    await other.invalidate(bucket, { prefixes: ['a:', 'b:'] });
    await other.invalidate(bucket, { prefixes: ['c:'], hold: { id: 'h', ms: 60_000 } });
    await other.invalidate(bucket, { prefixes: ['c:'], release: 'h' });
    await other.invalidate(bucket, { prefixes: 'all' });
    await count(5);
    const control = (held = ''): unknown => expect.stringMatching(new RegExp(`^${stamp.split('.')[0]}\\.\\d+${held}$`));
    expect(heard).toEqual([
      [bucket, ['a:1:'], control()],
      [bucket, ['a:', 'b:'], control()],
      [bucket, ['c:'], control('!')],
      [bucket, ['c:'], control()],
      [bucket, 'all', ''],
    ]);
    expect(new Set(heard.map((message) => (message as unknown[])[2])).size).toBe(heard.length);
  });

  it('says it also where the bucket is gone: copies of it may be left', async () => {
    const { store, heard, count } = listening();
    await store.ready();
    const other = await speaking();
    await other.invalidate(bucket, { prefixes: ['a:'] });
    await other.invalidate(bucket, { prefixes: 'all' });
    await count(2);
    expect(heard).toEqual([
      [bucket, ['a:'], ''],
      [bucket, 'all', ''],
    ]);
  });

  it('does not say what this process invalidates and waits for', async () => {
    const { store, heard, count } = listening();
    await store.ready();
    const other = await speaking();
    await store.invalidate(bucket, { prefixes: ['own:'] });
    await other.invalidate(bucket, { prefixes: ['others:'] });
    await count(1);
    expect(heard).toEqual([[bucket, ['others:'], '']]);
  });

  it('says what this process invalidates where it happens after nobody waits any more', async () => {
    const proxy = await proxyTo(redisUrl);
    const redisVersion = connect();
    const client = redisVersion.duplicate({ host: '127.0.0.1', port: Number(new URL(proxy.url).port) });
    const { store, heard, count } = listening(client, { read: 10_000, write: 100 });
    await store.ready();
    await store.invalidate(bucket, { prefixes: ['first:'] });
    proxy.hold();
    await expect(store.invalidate(bucket, { prefixes: ['late:'] })).rejects.toMatchObject({
      code: 'ERR_UC_STORE_UNAVAILABLE',
    });
    proxy.release();
    await count(1);
    expect(heard).toEqual([[bucket, ['late:'], '']]);
    await store.close();
    client.disconnect();
    await proxy.close();
  });

  it.each(['pubsub', 'normal'] as const)('that is cut (%s) says so, and proves itself again', async (type) => {
    const name = `bus-${randomUUID()}`;
    const client = connect().duplicate({ connectionName: name });
    const { store, missed } = listening(client);
    await store.ready();
    const cut = missed();
    const list = String(await redis.call('CLIENT', 'LIST', 'TYPE', type));
    const [, id] = new RegExp(`id=(\\d+) .*name=${name} `).exec(list) ?? [];
    await redis.call('CLIENT', 'KILL', 'ID', String(id));
    await cut;
    await store.ready();
    client.disconnect();
  });

  it('that is cut and does not come back says so', async () => {
    const name = `bus-${randomUUID()}`;
    const client = connect().duplicate({ connectionName: name, retryStrategy: () => null });
    const { store, missed } = listening(client);
    await store.ready();
    const cut = missed();
    const list = String(await redis.call('CLIENT', 'LIST', 'TYPE', 'pubsub'));
    const [, id] = new RegExp(`id=(\\d+) .*name=${name} `).exec(list) ?? [];
    await redis.call('CLIENT', 'KILL', 'ID', String(id));
    await cut;
    client.disconnect();
  });

  it('that says what it never says is not believed', async () => {
    const { store, missed } = listening();
    await store.ready();
    const cut = missed();
    await redis.publish(channel, 'hello');
    await cut;
  });

  it('does not take the heartbeats of others for its own', async () => {
    const { store } = listening();
    await store.ready();
    const beats = (await redis.pubsub('CHANNELS', 'uc:1:beat:*')) as string[];
    expect(new Set(beats).size).toBe(beats.length);
    expect(beats.length).toBeGreaterThan(0);
  });

  it('takes no connection and no message where nobody listens', async () => {
    const name = `bus-${randomUUID()}`;
    const client = connect().duplicate({ connectionName: name });
    const store = new RedisStore(client, PATIENT);
    stores.push(store);
    await store.ready();
    const { heard, count, store: listener } = listening();
    await listener.ready();
    await store.invalidate(bucket, { prefixes: ['a:'] });
    await store.invalidate(bucket, { prefixes: 'all' });
    expect(String(await redis.call('CLIENT', 'LIST', 'TYPE', 'pubsub'))).not.toContain(name);
    await (await speaking()).invalidate(bucket, { prefixes: ['b:'] });
    await count(1);
    expect(heard).toEqual([[bucket, ['b:'], '']]);
    client.disconnect();
  });
});

describeWithRedis('a bus whose heartbeats stay away', () => {
  it('is replaced', async () => {
    let now = 0;
    let missed: (() => void) | undefined;
    const listener = {
      invalidated: () => undefined,
      heard: () => undefined,
      missed: () => missed?.(),
    };
    const bus = { channel: `uc:1:bus:${randomUUID()}`, maxStale: 100, clock: () => now, listener };
    const store = new RedisStore(new Redis(redisUrl, { lazyConnect: true }), PATIENT, { bus });
    await store.ready();
    const gap = new Promise<void>((resolve) => {
      missed = resolve;
    });
    now += 100;
    await gap;
    await store.ready();
    await store.close();
  });
});
