import { Redis } from 'ioredis';
import { Redis as Redis5 } from 'ioredis-5';
import { type RedisClient, userCache, type UserCacheMiddleware } from '../../src/index.js';
import { type FaultProxy, faultProxy } from '../../src/testing/index.js';
import { namespaces } from './caches.js';
import { redisUrl } from './redis.js';

export interface Proxied {
  readonly cache: UserCacheMiddleware<typeof namespaces>;
  readonly proxy: FaultProxy;
}

const OPTIONS = { lazyConnect: true, retryStrategy: () => 1 } as const;

/** How commands and replies may travel: every client, every protocol it speaks, and once with sealed entries. */
export const wires: readonly (readonly [
  name: string,
  connect: (url: string) => RedisClient,
  secret: string | undefined,
])[] = [
  ['ioredis 5, RESP2', (url) => new Redis5(url, OPTIONS), undefined],
  ['ioredis 6, RESP3', (url) => new Redis(url, OPTIONS), undefined],
  ['ioredis 6, RESP2, sealed', (url) => new Redis(url, { ...OPTIONS, protocol: 2 }), 's'.repeat(32)],
];

/** Runs `work` with a cache whose Redis is behind a fault proxy. */
export async function throughProxy(
  [, connect, secret]: (typeof wires)[number],
  app: string,
  deadlines: { readonly read: number; readonly write: number },
  work: (proxied: Proxied) => Promise<void>,
): Promise<void> {
  await using proxy = await faultProxy({ to: redisUrl });
  await using cache = userCache({
    redis: connect(proxy.url),
    app,
    namespaces,
    deadlines,
    ...(secret !== undefined && { secret }),
  });
  await cache.ready();
  await work({ cache, proxy });
}
