import KeyvRedis from '@keyv/redis';
import { createCache } from 'cache-manager';
import { Keyv } from 'keyv';

/** @type {import('../adapter.js').About} */
export const about = {
  name: 'cache-manager',
  packages: ['cache-manager', '@keyv/redis'],
  configurations: { Redis: 'application' },
  notes: [
    'Takes a string, joined by hand; has no groups, so an entry is invalidated by `del`. With a store in memory in front, other processes keep their copies until the TTL (there is no bus), so only Redis is raced.',
    'Its documentation says nothing of invalidation while `wrap` loads. Aims at being a small common interface to any Keyv store.',
  ],
};

/** @type {import('../adapter.js').Open} */
export function open({ url, app, load }) {
  const redis = new KeyvRedis(url, { namespace: app });
  const store = new Keyv({ store: redis, namespace: app, useKeyPrefix: false }).on('error', () => undefined);
  const cache = createCache({ stores: [store], ttl: 300_000 });
  const name = (user, parts) => `user:${user}:${parts.join(':')}`;
  return {
    read: (user, parts) => cache.wrap(name(user, parts), () => load(user, parts)),
    ways: { entry: (user, parts) => cache.del(name(user, parts)) },
    close: () => redis.disconnect(true),
  };
}
