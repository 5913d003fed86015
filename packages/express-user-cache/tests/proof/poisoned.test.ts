import { randomUUID } from 'node:crypto';
import { Redis } from 'ioredis';
import { expect, it } from 'vitest';
import { userCache, type UserCacheMiddleware } from '../../src/index.js';
import { attacksOn } from '../support/attacker.js';
import { namespaces, PATIENT } from '../support/caches.js';
import { eventsDuring } from '../support/events.js';
import { PATIENCE, prove, random, sized, until } from '../support/proof.js';
import { describeWithRedis, redisUrl } from '../support/redis.js';
import { watch } from '../support/watch.js';

const USERS = ['alice', 'bob', 'carol', 'dave'];
const KEYS = ['alpha', 'bravo', 'charlie'];
type Cache = UserCacheMiddleware<typeof namespaces>;

/** Runs `work` with a cache and with the client of somebody who can write everything in its Redis. */
async function underAttack(
  isSealed: boolean,
  work: (cache: Cache, redis: Redis, keys: ReadonlyMap<string, string>) => Promise<void>,
): Promise<void> {
  const redis = new Redis(redisUrl);
  const secret = isSealed ? { secret: 's'.repeat(32) } : {};
  const app = `poisoned-${randomUUID().slice(0, 8)}`;
  const client = new Redis(redisUrl, { lazyConnect: true, retryStrategy: () => 1, connectionName: app });
  const cache = userCache({ redis: client, app, namespaces, deadlines: PATIENT, ...secret });
  try {
    await cache.ready();
    await work(cache, redis, await keysOf(cache, redis, app));
  } finally {
    await cache.ready();
    await Promise.all(USERS.map((user) => cache.invalidateUser(user)));
    await Promise.all([cache.close(), redis.quit()]);
  }
}

/** The key of each user's bucket, found as an attacker finds it: by watching what is sent. */
async function keysOf(cache: Cache, redis: Redis, connectionName: string): Promise<Map<string, string>> {
  const { commands, stop } = await watch(redis, connectionName);
  const keys = new Map<string, string>();
  for (const [index, user] of USERS.entries()) {
    await cache.forUser(user).get(['profile']);
    await until(() => commands.length > index);
    keys.set(user, commands[index]?.[1] ?? '');
  }
  stop();
  return keys;
}

describeWithRedis.each([
  ['plain', false],
  ['sealed', true],
])('a poisoned Redis with %s entries', (kind, isSealed) => {
  const attacks = Object.entries(attacksOn(isSealed));

  it('is never believed, and never in the way', { timeout: PATIENCE }, async () => {
    const counts = await prove('poisoned', `${kind} entries`, async () => {
      const counts = { attacks: 0, hits: 0, misses: 0, 'isolation events': 0, foreign: 0, altered: 0, errors: 0 };
      /** Every value that was ever stored for a user under a key, as JSON. */
      const stored = new Map<string, Set<string>>();
      const valueOf = (user: string, key: string): object => {
        const value = { owner: user, key, nonce: random.between(0, 2 ** 31) };
        const known = stored.get(`${user} ${key}`) ?? new Set();
        stored.set(`${user} ${key}`, known.add(JSON.stringify(value)));
        return value;
      };
      const judge = (user: string, key: string, value: unknown): void => {
        if (value === undefined) {
          counts.misses += 1;
          return;
        }
        counts.hits += 1;
        const { owner, key: its } = (value ?? {}) as { owner?: unknown; key?: unknown };
        if (USERS.some((one) => one !== user && one === owner)) counts.foreign += 1;
        if (KEYS.some((one) => one !== key && one === its)) counts.foreign += 1;
        if (stored.get(`${user} ${key}`)?.has(JSON.stringify(value)) !== true) counts.altered += 1;
      };
      const events = await eventsDuring(() =>
        underAttack(isSealed, async (cache, redis, keys) => {
          const use = async (user: string): Promise<void> => {
            const own = cache.forUser(user);
            const key = random.oneOf(KEYS);
            judge(user, key, await own.getOrSet(['conversation', key], () => valueOf(user, key)));
            const all = await own.getMany(KEYS.map((one) => ['conversation', one] as const));
            all.forEach((value, index) => {
              judge(user, KEYS[index] ?? '', value);
            });
            const kind = random.between(1, 12);
            if (kind === 1) await own.invalidate(['conversation']);
            else if (kind === 2) await own.mutate(['conversation', key], () => undefined);
            else if (kind < 6) await own.set(['conversation', key], valueOf(user, key));
          };
          const total = sized(1_000, 50_000);
          while (counts.attacks < total) {
            const [user, other] = [random.oneOf(USERS), random.oneOf(USERS)];
            const [, attack] = random.oneOf(attacks);
            await attack(redis, keys.get(user) ?? '', keys.get(other) ?? '', random);
            counts.attacks += 1;
            await cache.ready();
            await use(user).catch(() => (counts.errors += 1));
          }
        }),
      );
      counts['isolation events'] = events.filter(({ type }) => type === 'isolation').length;
      const { attacks: faults, hits: runs, foreign, altered, errors } = counts;
      return { ...counts, faults, runs, violations: foreign + errors + (isSealed ? altered : 0) };
    });
    expect(counts).toMatchObject({ violations: 0 });
    expect(counts.hits).toBeGreaterThan(counts.attacks);
    expect(counts['isolation events']).toBeGreaterThan(counts.attacks / 10);
  });

  it.each(attacks)('%s: reads fall back to loads, invalidations work, and it is over after them', (_name, attack) =>
    underAttack(isSealed, async (cache, redis, keys) => {
      const own = cache.forUser('alice');
      const [victim, other] = [keys.get('alice') ?? '', keys.get('bob') ?? ''];
      const poison = async (): Promise<void> => {
        await cache.ready();
        await own.getOrSet(['conversation', 'alpha'], () => 'own');
        await cache.forUser('bob').getOrSet(['conversation', 'alpha'], () => 'foreign');
        await attack(redis, victim, other, random);
      };
      const changes: (() => Promise<unknown>)[] = [
        () => own.invalidate(['conversation']),
        () => own.invalidateAll(),
        () => own.set(['conversation', 'alpha'], 'own'),
        () => own.mutate(['conversation', 'alpha'], () => undefined),
        () => own.writeThrough(['conversation', 'alpha'], () => 'own'),
      ];
      await poison();
      expect(await own.getOrSet(['conversation', 'bravo'], () => 'loaded')).toBe('loaded');
      for (const change of changes) {
        await poison();
        await change();
        await own.invalidateAll();
        expect(await own.getOrSet(['conversation', 'alpha'], () => 'new')).toBe('new');
        expect(await own.get(['conversation', 'alpha'])).toBe('new');
      }
    }),
  );
});
