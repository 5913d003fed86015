import type { CacheCatalog, CacheMethod } from './cache.js';

const read: CacheMethod = { op: 'read', key: 0 };
const readField: CacheMethod = { op: 'read', key: 0, field: 1 };
const write: CacheMethod = { op: 'write', key: 0, value: 1 };
const remove: CacheMethod = { op: 'delete', key: 0, many: true };
const expire: CacheMethod = { op: 'expire', key: 0 };
const count: CacheMethod = { op: 'count', key: 0 };

/** ioredis 5 and 6, iovalkey, @upstash/redis. Source: their type definitions. */
export const ioredis = {
  library: 'ioredis',
  kind: 'raw',
  modules: ['ioredis', 'iovalkey', '@upstash/redis'],
  constructors: ['default', 'Redis', 'Cluster', 'Valkey', 'default.Cluster', 'Redis.Cluster'],
  factories: ['Redis.fromEnv', 'default.fromEnv'],
  types: ['Redis', 'Cluster', 'Valkey', 'RedisCommander', 'ChainableCommander'],
  chains: ['multi', 'pipeline', 'duplicate'],
  methods: {
    get: read,
    getBuffer: read,
    getex: read,
    getdel: read,
    mget: { op: 'read', key: 0, many: true },
    hget: readField,
    hgetall: read,
    hmget: readField,
    lrange: read,
    smembers: read,
    zrange: read,
    exists: { op: 'count', key: 0, many: true },
    set: { ...write },
    setnx: write,
    getset: write,
    setex: { op: 'write', key: 0, value: 2, ttl: { at: 1, unit: 's' } },
    psetex: { op: 'write', key: 0, value: 2, ttl: { at: 1, unit: 'ms' } },
    hset: { op: 'write', key: 0, field: 1, value: 2 },
    hsetnx: { op: 'write', key: 0, field: 1, value: 2 },
    hmset: { op: 'write', key: 0, value: 1 },
    append: write,
    lpush: write,
    rpush: write,
    sadd: write,
    del: remove,
    unlink: remove,
    hdel: { op: 'delete', key: 0, field: 1 },
    expire,
    pexpire: expire,
    expireat: expire,
    persist: expire,
    ttl: count,
    pttl: count,
    incr: count,
    incrby: count,
    decr: count,
    decrby: count,
    hincrby: count,
    keys: { op: 'count', key: 0 },
    flushall: { op: 'clear' },
    flushdb: { op: 'clear' },
  },
} as const satisfies CacheCatalog;
