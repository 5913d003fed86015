import type { CacheCatalog } from './cache.js';

/** lru-cache 6 to 11, and the in-process caches with the same methods. Source: their type definitions. */
export const lruCache = {
  library: 'lru-cache',
  kind: 'raw',
  modules: ['lru-cache', 'quick-lru', '@isaacs/ttlcache', 'node-cache'],
  constructors: ['default', 'LRUCache', 'TTLCache', 'QuickLRU', 'NodeCache'],
  factories: [],
  types: ['LRUCache', 'LRU', 'TTLCache', 'QuickLRU', 'NodeCache'],
  chains: [],
  methods: {
    get: { op: 'read', key: 0 },
    peek: { op: 'read', key: 0 },
    take: { op: 'read', key: 0 },
    mget: { op: 'read', key: 0, many: true },
    fetch: { op: 'read', key: 0 },
    memo: { op: 'read', key: 0 },
    has: { op: 'count', key: 0 },
    set: { op: 'write', key: 0, value: 1 },
    del: { op: 'delete', key: 0, many: true },
    delete: { op: 'delete', key: 0 },
    clear: { op: 'clear' },
    reset: { op: 'clear' },
    flushAll: { op: 'clear' },
  },
} as const satisfies CacheCatalog;
