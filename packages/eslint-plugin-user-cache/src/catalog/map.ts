import type { CacheCatalog } from './cache.js';

/** The `Map` of the language: a cache only where it outlives the call, as a module's constant or a field of a class. */
export const map = {
  library: 'map',
  kind: 'raw',
  modules: [],
  constructors: ['Map'],
  factories: [],
  types: ['Map'],
  chains: [],
  methods: {
    get: { op: 'read', key: 0 },
    has: { op: 'count', key: 0 },
    set: { op: 'write', key: 0, value: 1 },
    delete: { op: 'delete', key: 0 },
    clear: { op: 'clear' },
  },
} as const satisfies CacheCatalog;
