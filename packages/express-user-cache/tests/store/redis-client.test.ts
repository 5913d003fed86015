import { randomUUID } from 'node:crypto';
import { Cluster, Command, Redis } from 'ioredis';
import { Cluster as Cluster5, Command as Command5, Redis as Redis5 } from 'ioredis-5';
import { afterEach, describe, expect, it } from 'vitest';
import { MemoryStore, type RedisClient, RedisStore, userCache } from '../../src/index.js';
import { PATIENT } from '../support/caches.js';
import { eventsDuring } from '../support/events.js';
import { clients, describeWithRedis, redisUrl } from '../support/redis.js';

const nodes = [{ host: '127.0.0.1', port: 1 }];
const lazy = { lazyConnect: true } as const;
const behind = { ...lazy, sentinels: nodes, name: 'main' };

const kinds = [
  ['ioredis 5', (options: object) => new Redis5({ ...lazy, ...options })],
  ['ioredis 6', (options: object) => new Redis({ ...lazy, ...options })],
  ['ioredis 5 behind Sentinel', (options: object) => new Redis5({ ...behind, ...options })],
  ['ioredis 6 behind Sentinel', (options: object) => new Redis({ ...behind, ...options })],
] as const;
const clusters = [
  ['ioredis 5', (options: object) => new Cluster5(nodes, { ...lazy, ...options })],
  ['ioredis 6', (options: object) => new Cluster(nodes, { ...lazy, ...options })],
] as const;

const ofNode = [
  ['a key prefix', { keyPrefix: 'app:' }, 'ERR_UC_REDIS_KEY_PREFIX'],
  ['another database', { db: 3 }, 'ERR_UC_REDIS_DB'],
  ['reads of a replica', { readOnly: true }, 'ERR_UC_REDIS_REPLICA_READS'],
  ['a replica behind Sentinel', { role: 'slave' }, 'ERR_UC_REDIS_REPLICA_READS'],
  ['preferred replicas', { preferredSlaves: { ip: '127.0.0.1', port: '1' } }, 'ERR_UC_REDIS_REPLICA_READS'],
] as const;
const ofCluster = [
  ['a key prefix', { keyPrefix: 'app:' }, 'ERR_UC_REDIS_KEY_PREFIX'],
  ['reads of replicas', { scaleReads: 'slave' }, 'ERR_UC_REDIS_REPLICA_READS'],
  ['reads of all nodes', { scaleReads: 'all' }, 'ERR_UC_REDIS_REPLICA_READS'],
  ['reads of nodes of its choice', { scaleReads: () => null }, 'ERR_UC_REDIS_REPLICA_READS'],
] as const;

describe('a client that would break the guarantee is refused at the start', () => {
  const start = (redis: unknown): (() => void) => {
    return () => userCache({ redis: redis as RedisClient, namespaces: { a: { ttl: 'short' } } });
  };
  const refusal = (code: string): Error => expect.objectContaining({ code }) as Error;

  it.each([
    ['no client of ioredis', { get: () => 1 }],
    ['a url', 'redis://localhost'],
    ['options of a client', { options: {} }],
  ])('%s', (_, client) => {
    expect(start(client)).toThrow(refusal('ERR_UC_REDIS_CLIENT'));
  });

  describe.each(kinds)('of %s', (_, connect) => {
    it.each(ofNode)('%s', (_, options, code) => {
      expect(start(connect(options))).toThrow(refusal(code));
    });
  });

  describe.each(clusters)('of a cluster of %s', (_, connect) => {
    it.each(ofCluster)('%s', (_, options, code) => {
      expect(start(connect(options))).toThrow(refusal(code));
    });
    it.each(ofNode)('%s of its nodes', (_, redisOptions, code) => {
      expect(start(connect({ redisOptions }))).toThrow(refusal(code));
    });
  });

  it('a database that is part of the url', () => {
    expect(start(new Redis('redis://127.0.0.1:1/3', lazy))).toThrow(refusal('ERR_UC_REDIS_DB'));
  });

  it('a store and a client at once', () => {
    const both = { redis: new Redis(lazy), store: new MemoryStore(), namespaces: {} };
    expect(() => userCache(both)).toThrow(refusal('ERR_UC_BAD_OPTION'));
  });
});

/** What an application may have set, and what would make calls hang, fail early, or be answered in another form. */
const STRANGE = {
  autoResendUnfulfilledCommands: false,
  autoResubscribe: false,
  commandTimeout: 1,
  connectionName: `settings-${randomUUID()}`,
  socketTimeout: 10,
  enableAutoPipelining: true,
  enableOfflineQueue: true,
  enableReadyCheck: false,
  maxRetriesPerRequest: null,
  monitor: true,
  reconnectOnError: () => 2 as const,
  stringNumbers: true,
} as const;

describeWithRedis.each([
  ['ioredis 5', () => new Redis5(redisUrl, { ...lazy, ...STRANGE })],
  ['ioredis 6', () => new Redis(redisUrl, { ...lazy, ...STRANGE, replyMapping: 'resp3' })],
] as const)('a client with settings for something else, on %s', (_, connect) => {
  it('gives a connection that has ours', async () => {
    const redis = new Redis(redisUrl);
    const bucket = `settings-${randomUUID()}`;
    const store = new RedisStore(connect(), PATIENT, { durability: { replicas: 1, timeout: 50 } });
    const entry = { prefixes: ['k:'], name: 'k:', entry: 'e', ttl: 60_000, expiresAt: 1, maxEntries: 9 };
    await store.ready();
    const fill = async (): Promise<boolean> =>
      store.fill(bucket, { ...entry, stamp: await store.open(bucket), supersedes: false });
    expect(await fill()).toBe(true);
    const connection = async (): Promise<unknown> =>
      new RegExp(`id=(\\d+) .* name=${STRANGE.connectionName} `).exec(String(await redis.client('LIST')))?.[1];
    const before = await connection();
    expect(before).toBeDefined();
    // An answer that takes longer than `commandTimeout` and `socketTimeout`.
    const events = await eventsDuring(() => store.invalidate(bucket, { prefixes: ['k:'] }));
    expect(events).toEqual([{ type: 'durability', asked: 1, acknowledged: 0 }]);
    expect(await connection()).toBe(before);
    // An error that would come again each time that the command is sent.
    await redis.unlink(`uc:1:{${bucket}}`);
    await redis.set(`uc:1:{${bucket}}`, 'no hash');
    await expect(store.read(bucket, ['k:'])).rejects.toThrow();
    expect(await store.read(bucket, ['k:'])).toEqual({ control: undefined, entries: [undefined] });
    await store.invalidate(bucket, { prefixes: 'all' });
    await Promise.all([store.close(), redis.quit()]);
  });
});

describeWithRedis.each(clients)('a reply transformer of the application, on %s', (name, connect) => {
  const transform = (with_: (reply: unknown) => unknown): void => {
    (name === 'ioredis 5' ? Command5 : Command).setReplyTransformer('hmget', with_);
  };
  afterEach(() => {
    transform((reply) => reply);
  });

  it.each([
    ['makes no list of a reply', (reply: unknown) => ({ reply })],
    ['parses it', (reply: unknown) => (reply as string[]).map((text) => ({ text }))],
  ])('that %s makes misses, and `ready` says so', async (_, transformer) => {
    const cache = userCache({
      redis: connect(),
      app: randomUUID().slice(0, 18),
      namespaces: { a: { ttl: 'short' } },
      deadlines: PATIENT,
    });
    const alice = cache.forUser('alice');
    await alice.set(['a'], 'stored');
    transform(transformer);
    expect(await alice.get(['a'])).toBeUndefined();
    expect(await alice.getOrSet(['a'], () => 'loaded')).toBe('loaded');
    await expect(cache.ready()).rejects.toMatchObject({ code: 'ERR_UC_STORE_REPLY' });
    await alice.invalidateAll();
    await cache.close();
  });
});
