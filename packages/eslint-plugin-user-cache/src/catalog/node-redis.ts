import type { CacheCatalog, CacheMethod } from './cache.js';

const read: CacheMethod = { op: 'read', key: 0 };
const write: CacheMethod = { op: 'write', key: 0, value: 1 };
const remove: CacheMethod = { op: 'delete', key: 0, many: true };
const expire: CacheMethod = { op: 'expire', key: 0 };
const count: CacheMethod = { op: 'count', key: 0 };
const writeFor = (unit: 's' | 'ms'): CacheMethod => ({ op: 'write', key: 0, value: 2, ttl: { at: 1, unit } });

/** redis 4 to 6, and the lower-case commands of redis 3. Source: their type definitions. */
export const nodeRedis = {
  library: 'node-redis',
  kind: 'raw',
  modules: ['redis', '@redis/client'],
  constructors: [],
  factories: ['createClient', 'createCluster', 'createSentinel', 'createClientPool'],
  types: ['RedisClientType', 'RedisClusterType', 'RedisClientPoolType', 'RedisClient', 'RedisSentinelType'],
  chains: ['multi', 'duplicate', 'connect', 'on', 'legacy', 'v4'],
  upperCase: true,
  methods: {
    get: read,
    getEx: read,
    getDel: read,
    mGet: { op: 'read', key: 0, many: true },
    hGet: { op: 'read', key: 0, field: 1 },
    hGetAll: read,
    lRange: read,
    sMembers: read,
    zRange: read,
    exists: { op: 'count', key: 0, many: true },
    set: write,
    setNX: write,
    getSet: write,
    setEx: writeFor('s'),
    pSetEx: writeFor('ms'),
    setex: writeFor('s'),
    psetex: writeFor('ms'),
    hSet: { op: 'write', key: 0, field: 1, value: 2 },
    append: write,
    lPush: write,
    rPush: write,
    sAdd: write,
    del: remove,
    unlink: remove,
    hDel: { op: 'delete', key: 0, field: 1 },
    expire,
    pExpire: expire,
    expireAt: expire,
    persist: expire,
    ttl: count,
    incr: count,
    incrBy: count,
    decr: count,
    decrBy: count,
    keys: { op: 'count', key: 0 },
    flushAll: { op: 'clear' },
    flushDb: { op: 'clear' },
  },
} as const satisfies CacheCatalog;
