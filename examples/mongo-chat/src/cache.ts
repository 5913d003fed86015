import { type Deadlines, userCache } from 'express-user-cache';
import type { Redis } from 'ioredis';
import { SearchResults } from './models/search-results.js';

export interface CacheSettings {
  /** Left out: the cache lives in this process. */
  readonly redis?: Redis | undefined;
  readonly secret: string;
  readonly deadlines?: Deadlines | undefined;
}

/** Everything the app caches, on one page: what is a user's, what is everybody's, and for how long. */
export function createCache({ redis, secret, deadlines }: CacheSettings) {
  return userCache({
    app: 'mongo-chat',
    redis,
    deadlines,
    secret,
    // Every response says X-User-Cache: hit, miss or bypass. For development: a stranger need not know.
    header: true,
    namespaces: {
      conversation: { ttl: 'medium' },
      conversations: { ttl: 'medium' },
      messages: { ttl: 'medium' },
      search: { ttl: 'short', schema: SearchResults },
      settings: { ttl: 'medium' },
      // Encrypted in the store; without a secret the app would not start.
      profile: { ttl: '4h', sensitive: true },
    },
    shared: {
      config: { ttl: 'long' },
      lookup: { ttl: 'long' },
    },
  });
}

export type ChatCache = ReturnType<typeof createCache>;

// From here on `req.userCache` knows these namespaces: a misspelt one does not compile.
declare module 'express-user-cache' {
  interface Register {
    cache: ChatCache;
  }
}
