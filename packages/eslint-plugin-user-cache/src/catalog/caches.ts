import { cacheManager } from './cache-manager.js';
import type { CacheCatalog } from './cache.js';
import { generic } from './generic.js';
import { ioredis } from './ioredis.js';
import { keyv } from './keyv.js';
import { lruCache } from './lru-cache.js';
import { map } from './map.js';
import { nodeRedis } from './node-redis.js';
import { sharedCache, userCache } from './user-cache.js';

export const CACHES: readonly CacheCatalog[] = [
  ioredis,
  nodeRedis,
  keyv,
  cacheManager,
  lruCache,
  map,
  userCache,
  sharedCache,
  generic,
];

export const CACHE_BY_LIBRARY: ReadonlyMap<string, CacheCatalog> = new Map(
  CACHES.map((catalog) => [catalog.library, catalog]),
);
