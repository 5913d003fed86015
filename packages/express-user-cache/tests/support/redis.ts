import { Redis } from 'ioredis';
import { Redis as Redis5 } from 'ioredis-5';
import { describe } from 'vitest';

/** The Redis of the suites; `npm test` sets it. Other people's keys may be in there: nothing here flushes. */
export const redisUrl = process.env.REDIS_URL ?? '';

export const clients = [
  ['ioredis 5', () => new Redis5(redisUrl, { lazyConnect: true })],
  ['ioredis 6', () => new Redis(redisUrl, { lazyConnect: true })],
] as const;

if (redisUrl === '') {
  console.warn('\n  SKIPPED: the Redis suites. Run `npm test`, or set REDIS_URL=redis://127.0.0.1:6379\n');
}

export const describeWithRedis: ReturnType<typeof describe.skipIf> = describe.skipIf(redisUrl === '');
