import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Cluster, Redis } from 'ioredis';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type RedisClient, userCache, type UserCacheOptions } from '../../src/index.js';
import { PATIENT } from '../support/caches.js';
import { eventsDuring } from '../support/events.js';
import { describeWithServer, RedisServer } from '../support/redis-server.js';
import { clients, describeWithRedis, redisUrl } from '../support/redis.js';

const page = readFileSync(join(import.meta.dirname, '../../../../docs/options.md'), 'utf8');
const [, section = ''] = page.split('## Redis permissions');
const [, always = ''] = /```text\n([^`]*)```/.exec(section) ?? [];
const where = new Map([...section.matchAll(/^- (.*): `(.*)`$/gm)].map(([, when = '', rules = '']) => [when, rules]));

const rulesOf = (...conditions: string[]): string[] =>
  [always, ...conditions.map((when) => where.get(when) ?? `no rule for: ${when}`)].flatMap((rules) =>
    rules.trim().split(/\s+/),
  );

const user = { username: `cache-${randomUUID()}`, password: 'pass' };
type Options = Pick<UserCacheOptions, 'durability'> & { readonly l1?: 'bounded' };
type L1 = 'off' | 'bounded';

/** Everything that the cache asks of Redis; the errors that came of it. */
async function everything(client: RedisClient, { l1, durability }: Options = {}): Promise<unknown[]> {
  const cache = userCache({
    redis: client,
    app: randomUUID().slice(0, 18),
    namespaces: { a: { ttl: 'short', l1: (l1 ?? 'off') satisfies L1 } },
    limits: { entriesPerUser: 2 },
    deadlines: PATIENT,
    ...(durability && { durability }),
  });
  const failed: unknown[] = [];
  const noted = async (work: () => Promise<unknown>): Promise<void> => {
    await work().catch((error: unknown) => failed.push(error));
  };
  try {
    const alice = cache.forUser('alice');
    await noted(() => cache.ready());
    for (const n of [1, 2, 3, 4, 1]) await noted(() => alice.getOrSet(['a', n], () => n));
    await noted(() =>
      alice.getMany([
        ['a', 1],
        ['a', 2],
      ]),
    );
    await noted(() => alice.set(['a', 1], 'set'));
    await noted(() => alice.writeThrough(['a', 1], () => 'written'));
    await noted(() => alice.mutate([['a', 1]], () => alice.getOrSet(['a', 1], () => 'loaded in a hold')));
    await noted(() => alice.mutate([['a', 1]], () => alice.invalidateAll()));
    await noted(() => alice.invalidate(['a']));
    await noted(() => alice.invalidateAll());
  } finally {
    await cache.close();
  }
  return failed;
}

describeWithRedis.each(clients)('the documented permissions, with %s', (name, connect) => {
  let admin: Redis;
  let server: string[];
  beforeAll(async () => {
    admin = new Redis(redisUrl);
    server = [
      ...((await knows('hpexpire')) ? ['on Redis 7.4 or later, and Valkey 9 or later'] : []),
      ...((await knows('client|setinfo')) ? ['on Redis 7.2 or later'] : []),
    ];
  });
  afterAll(async () => {
    await admin.acl('DELUSER', user.username);
    await admin.quit();
  });
  const knows = async (command: string): Promise<boolean> => {
    const [info] = await admin.command('INFO', command);
    return Array.isArray(info);
  };

  /** What the server refuses, and what fails, when a user with these rules does everything. */
  const refused = async (rules: readonly string[], options: Options = {}): Promise<unknown[]> => {
    await admin.acl('SETUSER', user.username, 'reset', 'on', `>${user.password}`, ...rules);
    const client = connect().duplicate({ ...user, connectionName: 'cache' });
    const failed: unknown[] = [];
    const events = await eventsDuring(async () => {
      failed.push(...(await everything(client, options)));
    });
    const log = (await admin.acl('LOG')) as unknown[][];
    await admin.acl('LOG', 'RESET');
    const entries = log.map((entry) => entry.map(String)).filter((entry) => entry.includes(user.username));
    return [
      ...failed,
      ...events.filter(({ type }) => type === 'store-error'),
      ...entries.map((entry) => entry[entry.indexOf('object') + 1]),
    ];
  };
  const named = 'with `connectionName` on the client';

  it('suffice', async () => {
    expect(await refused(rulesOf(...server, named))).toEqual([]);
  });

  it('suffice with copies and durability', async () => {
    const rules = rulesOf(...server, named, "with `l1: 'bounded'`", 'with `durability`');
    expect(await refused(rules, { l1: 'bounded', durability: { replicas: 1, timeout: 1 } })).toEqual([]);
  });

  it('are no more than is needed', { timeout: 60_000 }, async () => {
    const rules = rulesOf(...server, named);
    // Where entries expire by themselves no other is looked at.
    const spare = rules.includes('+hpexpire') ? ['+hrandfield'] : [];
    const needed = rules.filter((rule) => rule.startsWith('+') && !spare.includes(rule));
    expect(needed.length).toBeGreaterThan(12);
    for (const rule of needed) {
      const missing = await refused(rules.filter((other) => other !== rule));
      expect(missing, `${rule} with ${name}`).not.toEqual([]);
    }
  });
});

describeWithServer('the documented permissions on Cluster', () => {
  it('suffice', { timeout: 60_000 }, async () => {
    await using node = await RedisServer.start('--cluster-enabled', 'yes', '--cluster-announce-ip', '127.0.0.1');
    const admin = new Redis(node.port, '127.0.0.1');
    try {
      await admin.call('CLUSTER', 'ADDSLOTSRANGE', '0', '16383');
      await expect.poll(() => admin.cluster('INFO'), { timeout: 30_000 }).toContain('cluster_state:ok');
      await admin.acl('SETUSER', user.username, 'on', '>pass', ...rulesOf('on a cluster', 'with `durability`'));
      const cluster = new Cluster([{ host: '127.0.0.1', port: node.port }], { lazyConnect: true, redisOptions: user });
      expect(await everything(cluster, { durability: { replicas: 1, timeout: 1 } })).toEqual([]);
      const log = (await admin.acl('LOG')) as unknown[][];
      expect(log.map((entry) => entry[entry.indexOf('object') + 1])).toEqual([]);
    } finally {
      admin.disconnect();
    }
  });
});
