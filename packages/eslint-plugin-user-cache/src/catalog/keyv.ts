import type { CacheCatalog } from './cache.js';

/** keyv 4 and 5, and cacheable's `Cacheable`, which shares its methods. Source: their type definitions. */
export const keyv = {
  library: 'keyv',
  kind: 'raw',
  modules: ['keyv', 'cacheable'],
  constructors: ['default', 'Keyv', 'Cacheable', 'CacheableMemory'],
  factories: [],
  types: ['Keyv', 'Cacheable', 'CacheableMemory'],
  chains: [],
  methods: {
    get: { op: 'read', key: 0, many: true },
    getMany: { op: 'read', key: 0, many: true },
    getRaw: { op: 'read', key: 0 },
    has: { op: 'count', key: 0 },
    set: { op: 'write', key: 0, value: 1, ttl: { at: 2, unit: 'ms' } },
    getOrSet: { op: 'load', key: 0, loader: 1 },
    delete: { op: 'delete', key: 0, many: true },
    deleteMany: { op: 'delete', key: 0, many: true },
    clear: { op: 'clear' },
  },
} as const satisfies CacheCatalog;
