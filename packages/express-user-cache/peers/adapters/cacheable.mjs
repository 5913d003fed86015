import KeyvRedis from '@keyv/redis';
import { RedisMessageProvider } from '@qified/redis';
import { Cacheable } from 'cacheable';
import { Keyv } from 'keyv';

/** @type {import('../adapter.js').About} */
export const about = {
  name: 'cacheable',
  packages: ['cacheable', '@keyv/redis', '@qified/redis'],
  configurations: { Redis: 'application', 'memory + Redis + sync': 'application' },
  notes: [
    'Takes a string, joined by hand as in its own examples (`user:${id}`). `getOrSet` takes no tags, so an entry is invalidated by `delete`.',
    'Its documentation calls memory that is synchronised eventually consistent, so some milliseconds of lag are by design.',
    'Aims at more than we do: any Keyv store, hooks, statistics, tags by `set`, memoisation.',
  ],
};

/** @type {import('../adapter.js').Open} */
export function open({ url, app, configuration, load }) {
  const redis = new KeyvRedis(url);
  // As a store of Keyv, so that its errors have somebody who listens.
  const store = new Keyv({ store: redis }).on('error', () => undefined);
  const sync = configuration.startsWith('memory') ? new RedisMessageProvider({ uri: url }) : undefined;
  const cache = new Cacheable({
    namespace: app,
    ttl: '5m',
    ...(sync ? { secondary: store, sync: { qified: sync } } : { primary: store }),
  });
  cache.on('error', () => undefined);
  const name = (user, parts) => `user:${user}:${parts.join(':')}`;
  return {
    read: (user, parts) => cache.getOrSet(name(user, parts), () => load(user, parts)),
    ways: { entry: (user, parts) => cache.delete(name(user, parts)) },
    async close() {
      await sync?.disconnect();
      await redis.disconnect(true);
    },
  };
}
