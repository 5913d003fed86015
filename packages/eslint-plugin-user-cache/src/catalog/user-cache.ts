import type { CacheCatalog } from './cache.js';

const methods = {
  get: { op: 'read', key: 0 },
  getMany: { op: 'read', key: 0 },
  getOrSet: { op: 'load', key: 0, loader: 1 },
  getOrSetMany: { op: 'load', key: 0, loader: 1 },
  set: { op: 'write', key: 0, value: 1 },
  writeThrough: { op: 'mutate', key: 0, loader: 1 },
  invalidate: { op: 'invalidate', key: 0, many: true },
  invalidateAll: { op: 'clear' },
  mutate: { op: 'mutate', key: 0, loader: 1 },
  touch: { op: 'expire', key: 0 },
  explain: { op: 'count', key: 0 },
} as const satisfies CacheCatalog['methods'];

const common = {
  modules: ['express-user-cache'],
  constructors: [],
  chains: ['namespace'],
} as const;

/** `req.userCache` of express-user-cache, and `cache.forUser(id)`: keys are arrays, the owner is always added. */
export const userCache = {
  ...common,
  library: 'user-cache',
  kind: 'user',
  factories: [],
  types: ['UserCache'],
  methods,
} as const satisfies CacheCatalog;

/** `req.sharedCache` of express-user-cache: the same methods without an owner. */
export const sharedCache = {
  ...common,
  library: 'shared-cache',
  kind: 'shared',
  factories: [],
  types: ['SharedCache'],
  methods,
} as const satisfies CacheCatalog;

/** The middleware itself: `const cache = userCache({ ... })`. */
export const userCacheHandler = {
  modules: ['express-user-cache'],
  factories: ['userCache', 'default'],
  /** Returns the `UserCache` of one user. */
  forUser: 'forUser',
  methods: { invalidateUser: { op: 'clear' } },
} as const;

/** The properties of a request that the middleware adds. */
export const requestProperties: Readonly<Record<string, 'user-cache' | 'shared-cache'>> = {
  userCache: 'user-cache',
  sharedCache: 'shared-cache',
};
