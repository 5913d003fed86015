import type { CacheCatalog, CacheMethod } from './cache.js';

const read: CacheMethod = { op: 'read', key: 0 };
const write: CacheMethod = { op: 'write', key: 0, value: 1 };
const writeAfterTtl: CacheMethod = { op: 'write', key: 0, value: 2, ttl: { at: 1, unit: 's' } };
const load: CacheMethod = { op: 'load', key: 0, loader: 'function' };
const remove: CacheMethod = { op: 'delete', key: 0, many: true };
const invalidate: CacheMethod = { op: 'invalidate', key: 0, many: true };
const clear: CacheMethod = { op: 'clear' };
const count: CacheMethod = { op: 'count', key: 0 };

/** A cache of the project's own making, known by its name only: the methods that such caches have, by any library's spelling. */
export const generic = {
  library: 'generic',
  kind: 'raw',
  modules: [],
  constructors: [],
  factories: [],
  types: ['CacheService', 'RedisService', 'ICacheService', 'CacheProvider', 'CacheManagerService', 'RedisCacheService'],
  chains: ['multi', 'pipeline'],
  upperCase: true,
  methods: {
    get: read,
    getJSON: read,
    getJson: read,
    getObject: read,
    getAsync: read,
    getItem: read,
    getEx: read,
    getex: read,
    mget: { op: 'read', key: 0, many: true },
    mGet: { op: 'read', key: 0, many: true },
    hget: { op: 'read', key: 0, field: 1 },
    hGet: { op: 'read', key: 0, field: 1 },
    hgetall: read,
    hGetAll: read,
    smembers: read,
    sMembers: read,
    lrange: read,
    peek: read,
    read,
    set: write,
    setJSON: write,
    setJson: write,
    setObject: write,
    setAsync: write,
    setItem: write,
    put: write,
    store: write,
    write,
    setex: writeAfterTtl,
    setEx: writeAfterTtl,
    SETEX: writeAfterTtl,
    psetex: writeAfterTtl,
    pSetEx: writeAfterTtl,
    setnx: write,
    setNX: write,
    hset: { op: 'write', key: 0, field: 1, value: 2 },
    hSet: { op: 'write', key: 0, field: 1, value: 2 },
    sadd: write,
    sAdd: write,
    lpush: write,
    rpush: write,
    getOrSet: load,
    getOrSetAsync: load,
    getOrLoad: load,
    getOrFetch: load,
    getOrCreate: load,
    getOrCompute: load,
    getDataOrSet: load,
    remember: load,
    wrap: load,
    memo: load,
    memoize: load,
    cached: load,
    withCache: load,
    fetch: load,
    fetchOrSet: load,
    del: remove,
    delete: remove,
    deleteAsync: remove,
    delAsync: remove,
    remove,
    unlink: remove,
    drop: remove,
    evict: remove,
    forget: remove,
    hdel: { op: 'delete', key: 0, field: 1 },
    invalidate,
    bust: invalidate,
    purge: invalidate,
    deleteMany: invalidate,
    deletePattern: invalidate,
    deleteByPattern: invalidate,
    delPattern: invalidate,
    delByPattern: invalidate,
    delByPrefix: invalidate,
    deleteByPrefix: invalidate,
    invalidatePattern: invalidate,
    invalidateByPrefix: invalidate,
    invalidatePrefix: invalidate,
    clearPattern: invalidate,
    clear,
    reset: clear,
    flush: clear,
    flushAll: clear,
    flushall: clear,
    flushdb: clear,
    flushDb: clear,
    has: count,
    exists: count,
    ttl: count,
    incr: count,
    decr: count,
    incrBy: count,
    incrby: count,
    expire: { op: 'expire', key: 0 },
    pexpire: { op: 'expire', key: 0 },
  },
} as const satisfies CacheCatalog;

/** Receivers that are caches by their name: the last part of `redis`, `this.cacheService`, `petCache`. */
export const CACHE_NAME =
  /^_?(?:\w*?(?:redis|cache|keyv|memcached|lru|kv))(?:Client|Service|Store|Manager|Helper|Provider|Utils?|Instance|Controller|Connection|Conn|Repository|Global|Sharding|Cluster|Db|Adapter)?$/i;

/** Names that only look like one: HTTP's cache control, React's, the browser's. */
export const NOT_A_CACHE_NAME =
  /(?:queryCache|apolloCache|nocache|no_cache|useCache|isCache|clearCache|caches|keys?|ttls?|prefix(?:es)?|names?)$/i;

/** Modules of the project that are named after the cache they export. */
export const CACHE_MODULE =
  /^(?:\.|[@~#]\/?).*(?:redis|cache|keyv|kv|memcached|lru)(?:[-_.]?(?:client|service|store|manager|helper|utils?))?(?:\.[cm]?[jt]s)?$/i;

/** Packages whose functions of such names keep nothing beyond a render or a request. */
export const NO_CACHE_MODULE = /^(?:p?react|react-dom|solid-js|vue|svelte|next\/.*|@tanstack\/.*)$/;

/** Functions of another module that work on a cache, by their name: `cacheGet(key)`, `getCached(key)`, `remember(key, load)`. */
export const CACHE_FUNCTIONS: readonly (readonly [RegExp, CacheMethod])[] = [
  [/^(?:getOrSet|getOrLoad|getOrFetch|getOrCreate|remember|memo|memoize|cached|withCache|withCaching)\w*$/i, load],
  [
    /^(?:cacheWrap|wrapCache|cacheOr\w+|cacheAside|fetchWithCache|cachedFetch|useCached?|cacheGetOrSet|cacheFetch)$/i,
    load,
  ],
  [/^(?:cache|redis)_?(?:get|read)(?:JSON|Json)?$/i, read],
  [/^(?:get|read|fetch)(?:From)?(?:Cache|Cached|CachedData|CacheValue|CacheData|CacheItem|CacheEntry|Redis)$/i, read],
  [/^(?:cache|redis)_?(?:set|put|write|store)(?:JSON|Json)?$/i, write],
  [
    /^(?:set|put|write|save|store)(?:In|To)?(?:Cache|Cached|CachedData|CacheValue|CacheData|CacheItem|CacheEntry|Redis)$/i,
    write,
  ],
  [/^(?:cache|redis)_?(?:del|delete|remove|evict)$/i, remove],
  [
    /^(?:del|delete|remove|evict|drop)(?:From)?(?:Cache|Cached|CachedData|CacheValue|CacheData|CacheItem|CacheKey|CacheEntry|Redis)$/i,
    remove,
  ],
  [/^(?:invalidate|bust|purge|clear)Cache(?:Key|Entry|Pattern|ByPattern|ByPrefix)?$/i, invalidate],
  [/^(?:cache|redis)_?(?:invalidate|bust|purge|clear)(?:Pattern|ByPattern|ByPrefix|Prefix)?$/i, invalidate],
];
