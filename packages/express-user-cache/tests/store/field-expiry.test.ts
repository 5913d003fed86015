import { randomUUID } from 'node:crypto';
import { Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { RedisStore, userCache } from '../../src/index.js';
import { fakeClock } from '../../src/testing/index.js';
import { PATIENT } from '../support/caches.js';
import { clients, describeWithRedis, redisUrl } from '../support/redis.js';
import { watch } from '../support/watch.js';

const knows = redisUrl !== '' && (await serverKnows('hpexpire'));
if (redisUrl !== '' && !knows) {
  console.warn(
    '\n  SKIPPED: entries that expire as fields. Run with REDIS_URL of Redis 7.4 or later, or of Valkey 9 or later\n',
  );
}

const DAY = 86_400_000;

let redis: Redis;
let bucket: string;
let key: string;
beforeAll(() => {
  if (redisUrl !== '') redis = new Redis(redisUrl);
});
afterAll(async () => {
  if (redisUrl !== '') await redis.quit();
});
beforeEach(() => {
  bucket = `expiry-${randomUUID()}`;
  key = `uc:1:{${bucket}}`;
});
afterEach(async () => {
  if (redisUrl !== '') await redis.unlink(key);
});

/** An entry at `path` that is stored at `now` and may go after `ttl` ms, the last `grace` of which it is expired. */
const fillOf = (path: string, now: number, ttl: number, grace = 0) => {
  const expiresAt = now + ttl - grace;
  const entry = `1\n${bucket}\n${path}\n${expiresAt}${grace > 0 ? `+${grace}` : ''}\n{}`;
  return { prefixes: [path], name: path, entry, ttl, expiresAt, maxEntries: 256, supersedes: false };
};
const fieldsLeft = async (): Promise<string[]> => (await redis.hkeys(key)).sort();

describe.skipIf(!knows).each(clients)('where fields can expire, on %s', (_, connect) => {
  it('an entry leaves by itself when its time is over, and leaves everything else', async () => {
    await using store = disposable(new RedisStore(connect(), PATIENT));
    const stamp = await store.open(bucket);
    await store.invalidate(bucket, { prefixes: ['noted:'], hold: { id: 'h', ms: DAY } });
    for (const [path, ttl] of [
      ['long:', DAY],
      ['short:', 1],
    ] as const)
      expect(await store.fill(bucket, { ...fillOf(path, Date.now(), ttl), stamp })).toBe(true);
    await expect.poll(fieldsLeft).toEqual(['c', 'p:noted:', 'v:long:', 'w']);
    expect(await redis.pttl(key)).toBeGreaterThan(DAY / 2);
    const [control, noted, held] = await lifeOf('c', 'p:noted:', 'w');
    expect([control, noted, held]).toEqual([-1, -1, -1]);
    expect(await store.fill(bucket, { ...fillOf('noted:', Date.now(), DAY), stamp })).toBe(false);
  });

  it('keeps it for as long as it may be asked for after its expiry, and no shorter when it is stored again', async () => {
    await using store = disposable(new RedisStore(connect(), PATIENT));
    const stamp = await store.open(bucket);
    await store.fill(bucket, { ...fillOf('a:', Date.now(), 60_000), stamp });
    await store.fill(bucket, { ...fillOf('a:', Date.now(), DAY, DAY - 1), stamp });
    expect((await lifeOf('v:a:'))[0]).toBeGreaterThan(DAY / 2);
  });

  it('a user who may not run the command stores all the same', async () => {
    const user = `user-${randomUUID()}`;
    await redis.acl('SETUSER', user, 'on', '>pass', '~*', '&*', '+@all', '-hpexpire');
    const client = connect().duplicate({ username: user, password: 'pass' });
    const store = new RedisStore(client, PATIENT);
    try {
      const stamp = await store.open(bucket);
      expect(await store.fill(bucket, { ...fillOf('a:', Date.now(), DAY), stamp })).toBe(true);
      expect(await lifeOf('v:a:')).toEqual([-1]);
      await redis.acl('SETUSER', user, '+hpexpire');
      await store.fill(bucket, { ...fillOf('a:', Date.now(), DAY), stamp });
      expect(await lifeOf('v:a:')).toEqual([-1]);
    } finally {
      await store.close();
      await redis.acl('DELUSER', user);
    }
  });
});

describeWithRedis.each(clients)('where they cannot, or may not, on %s', (_, connect) => {
  let user: string;
  let store: RedisStore;
  let name: string;
  beforeEach(async () => {
    user = `user-${randomUUID()}`;
    name = `expiry-${randomUUID()}`;
    await redis.acl('SETUSER', user, 'on', '>pass', '~*', '&*', '+@all', ...(knows ? ['-hpexpire'] : []));
    store = new RedisStore(
      connect().duplicate({ username: user, password: 'pass', connectionName: name, retryStrategy: () => 1 }),
      PATIENT,
    );
  });
  afterEach(async () => {
    await store.close();
    await redis.acl('DELUSER', user);
  });

  it('what is expired is cleared by what is stored, and what may still be asked for is not', async () => {
    const stamp = await store.open(bucket);
    for (let n = 0; n < 8; n++) await store.fill(bucket, { ...fillOf(`old${n}:`, 1_000, 100), stamp });
    await store.fill(bucket, { ...fillOf('grace:', 1_000, DAY, DAY - 100), stamp });
    await store.fill(bucket, { ...fillOf('young:', 1_000, DAY), stamp });
    // None had expired when these were stored.
    expect(await redis.hlen(key)).toBe(11);
    await expect
      .poll(async () => {
        await store.fill(bucket, { ...fillOf('new:', 2_000, DAY), stamp });
        return fieldsLeft();
      })
      .toEqual(['c', 'v:grace:', 'v:new:', 'v:young:']);
    expect((await store.read(bucket, ['grace:'])).entries[0]).toContain('+');
  });

  it('looks at two entries, never at all', async () => {
    const stamp = await store.open(bucket);
    for (let n = 0; n < 20; n++) await store.fill(bucket, { ...fillOf(`old${n}:`, 1_000, 100), stamp });
    await store.fill(bucket, { ...fillOf('new:', 2_000, DAY), stamp });
    expect(await redis.hlen(key)).toBeGreaterThanOrEqual(20);
  });

  it('damages nothing that is no entry of ours', async () => {
    const stamp = await store.open(bucket);
    await redis.hset(key, { 'v:x': 'x', 'v:y': '1\n\n\n\n', 'v:z': '9'.repeat(100_000) });
    for (let n = 0; n < 20; n++) {
      expect(await store.fill(bucket, { ...fillOf('new:', 2_000, DAY), stamp })).toBe(true);
    }
    expect(await redis.hlen(key)).toBe(5);
  });

  it('asks the server once a connection', async () => {
    const stamp = await store.open(bucket);
    const asked = async (): Promise<boolean[]> => {
      const { commands, stop } = await watch(redis, name);
      for (let n = 0; n < 2; n++) await store.fill(bucket, { ...fillOf('a:', 2_000, DAY), stamp });
      await expect.poll(() => fills(commands).length).toBe(2);
      stop();
      return fills(commands);
    };
    expect(await asked()).toEqual([true, false]);
    expect(await asked()).toEqual([false, false]);
    const id = /id=(\d+)/.exec((await clientsNamed(name))[0] ?? '')?.[1] ?? '';
    await redis.client('KILL', 'ID', id);
    await expect.poll(() => store.read(bucket, []).catch(() => undefined)).toBeDefined();
    await expect.poll(async () => (await clientsNamed(name)).length).toBe(1);
    expect(await asked()).toEqual([true, false]);
  });
});

describeWithRedis('an entry under grace', () => {
  it('is served after others were stored, whether or not fields can expire', async () => {
    const clock = fakeClock();
    await using cache = userCache({
      redis: new Redis(redisUrl, { lazyConnect: true }),
      app: randomUUID().slice(0, 18),
      namespaces: { a: { ttl: '1m', grace: '1h' }, b: { ttl: '1m' } },
      deadlines: PATIENT,
      now: clock.now,
    });
    const alice = cache.forUser('alice');
    await alice.getOrSet(['a', 'graceful'], () => 'old');
    clock.advance('30m');
    for (let n = 0; n < 20; n++) await alice.getOrSet(['b', n], () => n);
    expect(await alice.getOrSet(['a', 'graceful'], () => Promise.reject(new Error('down')))).toBe('old');
    await alice.invalidateAll();
  });
});

/** The time to live of fields in ms, -1 for ever. */
async function lifeOf(...fields: string[]): Promise<number[]> {
  return (await redis.call('HPTTL', key, 'FIELDS', String(fields.length), ...fields)) as number[];
}

/** Whether each fill among these commands asked the server to let its field expire. */
const fills = (commands: readonly string[][]): boolean[] =>
  commands
    .filter(([command = '', , , of, ...args]) => /^eval/i.test(command) && of === key && args.includes('256'))
    .map(([, , , , , , , , , , , , tries]) => tries === '1');

async function clientsNamed(name: string): Promise<string[]> {
  return String(await redis.client('LIST'))
    .split('\n')
    .filter((line) => line.includes(` name=${name} `));
}

const disposable = (store: RedisStore): RedisStore & AsyncDisposable =>
  Object.assign(store, { [Symbol.asyncDispose]: () => store.close() });

async function serverKnows(command: string): Promise<boolean> {
  const asking = new Redis(redisUrl);
  const [info] = await asking.command('INFO', command);
  await asking.quit();
  return Array.isArray(info);
}
