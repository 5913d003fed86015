import type { CacheCatalog } from './cache.js';

/** cache-manager 4 to 7, alone or through Nest. Source: their type definitions; the TTL is in ms since version 5. */
export const cacheManager = {
  library: 'cache-manager',
  kind: 'raw',
  modules: ['cache-manager', '@nestjs/cache-manager'],
  constructors: [],
  factories: ['createCache', 'caching', 'multiCaching', 'default.caching'],
  types: ['Cache', 'CacheManager', 'CachingConfig', 'MultiCache'],
  chains: [],
  methods: {
    get: { op: 'read', key: 0 },
    mget: { op: 'read', key: 0, many: true },
    ttl: { op: 'count', key: 0 },
    set: { op: 'write', key: 0, value: 1, ttl: { at: 2, unit: 'ms' } },
    wrap: { op: 'load', key: 0, loader: 1, ttl: { at: 2, unit: 'ms' } },
    del: { op: 'delete', key: 0 },
    mdel: { op: 'delete', key: 0, many: true },
    clear: { op: 'clear' },
    reset: { op: 'clear' },
  },
} as const satisfies CacheCatalog;
