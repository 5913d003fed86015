import { randomUUID } from 'node:crypto';
import { inspect } from 'node:util';
import { Redis } from 'ioredis';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { userCache } from '../../src/index.js';
import { PATIENT } from '../support/caches.js';
import { eventsDuring } from '../support/events.js';
import { PATIENCE, prove, sized } from '../support/proof.js';
import { describeWithRedis, redisUrl } from '../support/redis.js';
import { watch } from '../support/watch.js';

const MARK = `mark${randomUUID().replaceAll('-', '')}`;

/** Everything that Redis was sent, logged as slow, and everything that the process said while a workload ran. */
async function said(secret: string | undefined): Promise<string[]> {
  const texts: string[] = [];
  const redis = new Redis(redisUrl);
  const app = `hygiene-${randomUUID().slice(0, 8)}`;
  const [, slower = '10000'] = await redis.config('GET', 'slowlog-log-slower-than');
  const onWarning = (warning: Error): unknown => texts.push(inspect(warning));
  process.on('warning', onWarning);
  const cache = userCache({
    redis: new Redis(redisUrl, { lazyConnect: true, connectionName: app }),
    app,
    namespaces: {
      conversation: { ttl: 'medium' },
      typed: { ttl: 'short', schema: z.object({ name: z.string() }) },
    },
    shared: { config: { ttl: 'long' } },
    limits: { bytesPerEntry: 4_096 },
    deadlines: PATIENT,
    ...(secret !== undefined && { secret }),
  });
  await cache.ready();
  const { commands, stop } = await watch(redis, app);
  try {
    await redis.config('SET', 'slowlog-log-slower-than', '0');
    const events = await eventsDuring(async () => {
      for (let i = 0; i < sized(50, 2_000); i++) {
        const own = cache.forUser(`${MARK}-user-${i % 7}`);
        const key = ['conversation', `${MARK}-part`, { q: `${MARK}-${i % 5}` }] as const;
        const value = { name: `${MARK}-value` };
        const outcomes = await Promise.allSettled([
          own.getOrSet(key, () => value),
          own.set(key, value),
          own.writeThrough(key, () => value),
          own.mutate(key, () => value),
          own.mutate(key, () => Promise.reject(new Error('of the application'))),
          own.invalidate(key),
          own.getMany([key, ['typed', MARK]]),
          own.set(['typed', MARK], { name: 1, [MARK]: MARK }),
          own.set(key, 'x'.repeat(5_000) + MARK),
          own.set(key, { [MARK]: 1n }),
          own.getOrSet(['conversation', { [MARK]: Symbol(MARK) } as never], () => value),
          own.get([MARK as 'typed']),
          cache.shared.getOrSet(['config', MARK], () => value),
        ]);
        for (const outcome of outcomes)
          if (outcome.status === 'rejected') texts.push(inspect(outcome.reason, { depth: 9 }));
        if (i % 10 === 9) {
          // Errors of Redis carry the command that failed.
          for (const key of new Set(commands.map(([, key]) => key))) {
            if (key?.startsWith('uc:1:')) await redis.set(key, 'x', 'EX', 60);
          }
          texts.push(inspect(await redis.slowlog('GET', 1_000), { depth: 9, maxArrayLength: null }));
        }
      }
      try {
        cache.forUser({ [MARK]: MARK } as never);
      } catch (error) {
        texts.push(inspect(error));
      }
      for (let i = 0; i < 7; i++) await cache.invalidateUser(`${MARK}-user-${i}`);
      await cache.shared.invalidateAll();
    });
    texts.push(...commands.map((command) => command.join(' ')));
    for (const event of events) texts.push(inspect(event, { depth: 9 }));
    return texts;
  } finally {
    await redis.config('SET', 'slowlog-log-slower-than', slower);
    process.off('warning', onWarning);
    stop();
    await Promise.all([cache.close(), redis.quit()]);
  }
}

describeWithRedis('what Redis, events, warnings and errors say', () => {
  it('names no user, key or value where there is a secret', { timeout: PATIENCE }, async () => {
    const { runs, violations } = await prove('hygiene', 'commands, slow log, events, warnings, errors', async () => {
      const all = await said('s'.repeat(32));
      return { runs: all.length, violations: all.filter((text) => text.includes(MARK)).length };
    });
    expect(violations).toBe(0);
    expect(runs).toBeGreaterThan(1_000);
  });

  it('is searched for what is found without a secret', { timeout: PATIENCE }, async () => {
    expect((await said(undefined)).filter((text) => text.includes(MARK)).length).toBeGreaterThan(100);
  });
});
