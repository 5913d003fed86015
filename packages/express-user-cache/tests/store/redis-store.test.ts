import { randomUUID } from 'node:crypto';
import { createServer, type Socket } from 'node:net';
import type { AddressInfo } from 'node:net';
import { Redis } from 'ioredis';
import { describe, expect, it, vi } from 'vitest';
import { RedisStore, type Store, userCache } from '../../src/index.js';
import { PATIENT } from '../support/caches.js';
import { clients, describeWithRedis, redisUrl } from '../support/redis.js';
import { storeConformance } from './conformance.js';

describeWithRedis('with Redis', () => {
  for (const [name, connect] of clients)
    storeConformance(`RedisStore on ${name}`, () => new RedisStore(connect(), PATIENT));
});

describeWithRedis.each(clients)('RedisStore on %s', (_, connect) => {
  const withStore = async (
    work: (store: RedisStore, redis: Redis, key: string, bucket: string) => Promise<void>,
  ): Promise<void> => {
    const store = new RedisStore(connect(), PATIENT);
    const redis = new Redis(redisUrl);
    const bucket = randomUUID();
    const key = `uc:1:{${bucket}}`;
    try {
      await work(store, redis, key, bucket);
    } finally {
      await redis.unlink(key);
      await Promise.all([store.close(), redis.quit()]);
    }
  };
  const entry = {
    prefixes: ['k:'],
    name: 'k:@1',
    entry: 'e',
    ttl: 60_000,
    expiresAt: 1,
    maxEntries: 9,
    supersedes: false,
  };

  it('keeps a bucket in one hash that expires with its longest entry', () =>
    withStore(async (store, redis, key, bucket) => {
      const stamp = await store.open(bucket);
      const opened = await redis.pttl(key);
      expect(opened).toBeGreaterThan(0);
      await store.fill(bucket, { ...entry, stamp, ttl: 3_600_000 });
      await store.fill(bucket, { ...entry, stamp, name: 'j:@1', ttl: 1_000 });
      expect(await redis.pttl(key)).toBeGreaterThan(opened);
      expect((await redis.hkeys(key)).sort()).toEqual(['c', 'v:j:@1', 'v:k:@1']);
    }));

  it('shows no entries where the control string is gone: no invalidation would reach them', () =>
    withStore(async (store, redis, key, bucket) => {
      await store.fill(bucket, { ...entry, stamp: await store.open(bucket) });
      await redis.hdel(key, 'c');
      expect(await store.read(bucket, [entry.name])).toEqual({ control: undefined, entries: [undefined] });
    }));

  it('keeps at most 128 notes, and a floor for the rest', () =>
    withStore(async (store, redis, key, bucket) => {
      await store.open(bucket);
      for (let i = 0; i < 300; i++) await store.invalidate(bucket, { prefixes: [`p${i}:`] });
      const notes = (await redis.hkeys(key)).filter((field) => field.startsWith('p:'));
      expect(notes.length).toBeLessThanOrEqual(128);
      expect(Number(await redis.hget(key, 'm'))).toBeGreaterThan(100);
    }));

  it('survives SCRIPT FLUSH', () =>
    withStore(async (store, redis, _key, bucket) => {
      const stamp = await store.open(bucket);
      await redis.script('FLUSH');
      expect(await store.fill(bucket, { ...entry, stamp })).toBe(true);
    }));

  it('invalidates everything of 10,000 entries with one UNLINK', () =>
    withStore(async (store, redis, key, bucket) => {
      await store.open(bucket);
      await redis.hset(key, Object.fromEntries(Array.from({ length: 10_000 }, (_, i) => [`v:${i}:@1`, 'x'])));
      await store.invalidate(bucket, { prefixes: 'all' });
      expect(await redis.exists(key)).toBe(0);
    }));

  it('announces nothing where no channel is set', () =>
    withStore(async (store, redis, _key, bucket) => {
      const listener = redis.duplicate();
      const heard = new Promise((resolve) =>
        listener.once('message', (_channel, message) => {
          resolve(message);
        }),
      );
      await listener.subscribe('');
      const stamp = await store.open(bucket);
      await store.fill(bucket, { ...entry, stamp, supersedes: true });
      await store.invalidate(bucket, { prefixes: ['k:'] });
      await store.invalidate(bucket, { prefixes: 'all' });
      await redis.publish('', 'the first message');
      expect(await heard).toBe('the first message');
      await listener.quit();
    }));

  it('rejects with a code once it is closed', async () => {
    const store = new RedisStore(connect(), PATIENT);
    await store.ready();
    await store.close();
    await store.close();
    await expect(store.read('b', [])).rejects.toMatchObject({ code: 'ERR_UC_CLOSED' });
  });
});

/** A server that takes connections and says nothing, or what `answer` says. */
async function withServer(
  answer: (socket: Socket, request: string) => void,
  work: (port: number) => Promise<void>,
  connected: () => void = () => undefined,
): Promise<void> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    connected();
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('data', (data) => {
      answer(socket, data.toString());
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    await work((server.address() as AddressInfo).port);
  } finally {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  }
}

describe('a Redis that does not answer', () => {
  const silent = (): void => undefined;

  it('makes reads run their loads, and invalidations reject', () =>
    withServer(silent, async (port) => {
      const redis = new Redis(port, '127.0.0.1', { lazyConnect: true });
      const cache = userCache({ redis, namespaces: { a: { ttl: 'short' } }, deadlines: { read: 5, write: 10 } });
      const alice = cache.forUser('alice');
      expect(await alice.get(['a'])).toBeUndefined();
      expect(await alice.getOrSet(['a'], () => 'loaded')).toBe('loaded');
      const unavailable = { code: 'ERR_UC_STORE_UNAVAILABLE' };
      await expect(alice.invalidate(['a'])).rejects.toMatchObject(unavailable);
      await expect(alice.invalidateAll()).rejects.toMatchObject(unavailable);
      await expect(alice.set(['a'], 1)).rejects.toMatchObject(unavailable);
      let written = false;
      await expect(
        alice.mutate(['a'], () => {
          written = true;
        }),
      ).rejects.toMatchObject(unavailable);
      expect(written).toBe(true);
      await expect(cache.ready()).rejects.toMatchObject(unavailable);
      await cache.close();
    }));

  it.each([
    ['a read', (store: Store) => store.read('b', [])],
    ['an invalidation', (store: Store) => store.invalidate('b', { prefixes: 'all' })],
  ])('%s that is answered with another reply is not believed, and the connection is replaced', async (_, call) => {
    let connections = 0;
    const answer = (socket: Socket, request: string): void => {
      for (const command of request.split(/(?=\*\d+\r\n)/)) {
        socket.write(/hmget|eval/.test(command) ? '*2\r\n$5\r\nwrong\r\n$1\r\nx\r\n' : '+OK\r\n');
      }
    };
    await withServer(
      answer,
      async (port) => {
        const redis = new Redis(port, '127.0.0.1', { lazyConnect: true, protocol: 2, enableReadyCheck: false });
        const store = new RedisStore(redis, { read: 2_000, write: 2_000 });
        await expect(call(store)).rejects.toMatchObject({ code: 'ERR_UC_STORE_REPLY' });
        await vi.waitFor(() => {
          expect(connections).toBe(2);
        });
        await store.close();
      },
      () => connections++,
    );
  });
});

describe('a connection whose replies are shifted is replaced', () => {
  /** `answer` gets the commands of the store one at a time; what ioredis says at the start is answered already. */
  async function withReplies(
    answer: (command: string, socket: Socket) => void,
    work: (store: RedisStore, connections: () => number) => Promise<void>,
    read = 2_000,
  ): Promise<void> {
    let connections = 0;
    await withServer(
      (socket, request) => {
        for (const command of request.split(/(?=\*\d+\r\n)/)) {
          if (/hmget|eval/.test(command)) answer(command, socket);
          else socket.write('+OK\r\n');
        }
      },
      async (port) => {
        const redis = new Redis(port, '127.0.0.1', { lazyConnect: true, protocol: 2, enableReadyCheck: false });
        const store = new RedisStore(redis, { read, write: 2_000 });
        await work(store, () => connections);
        await store.close();
      },
      () => connections++,
    );
  }

  it('by one reply too many that comes when nobody waits for one', () =>
    withReplies(
      (_, socket) => socket.write('*1\r\n$-1\r\n+surplus\r\n'),
      async (store, connections) => {
        await store.read('b', []);
        await vi.waitFor(() => {
          expect(connections()).toBe(2);
        });
      },
    ));

  it('by one that was lost, though nobody asks for anything after it', () => {
    let asked = 0;
    return withReplies(
      (_, socket) => {
        asked += 1;
        if (asked > 1) socket.write('*2\r\n$5\r\nnonce\r\n$9\r\nunstamped\r\n');
      },
      async (store, connections) => {
        await expect(store.read('b', [])).rejects.toMatchObject({ code: 'ERR_UC_STORE_UNAVAILABLE' });
        await vi.waitFor(() => {
          expect(connections()).toBe(2);
        });
      },
      50,
    );
  });
});
