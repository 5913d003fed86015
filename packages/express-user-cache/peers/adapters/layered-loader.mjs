import { Redis } from 'ioredis-6';
import { createGroupNotificationPair, GroupLoader, RedisGroupCache } from 'layered-loader';

/** @type {import('../adapter.js').About} */
export const about = {
  name: 'layered-loader',
  packages: ['layered-loader', 'ioredis-6'],
  configurations: { Redis: 'library', 'memory + Redis + notifications': 'library' },
  notes: [
    'A group for each user, as its documentation suggests for data of users.',
    'Its documentation says that invalidation is fenced within the memory of one process, that a load in flight may still fill the shared tier with what was read before, and that only versions at the store would close that.',
    'Also says that entries of different groups never collide. In Redis group, generation and key are joined with `:`, so names that hold `:0:` can.',
    'Aims at more than we do: fallback sources, refresh ahead, bulk loads, notifications over SQS.',
  ],
};

/** @type {import('../adapter.js').Open} */
export async function open({ url, app, configuration, load }) {
  const connections = [];
  const connect = () => {
    const redis = new Redis(url).on('error', () => undefined);
    connections.push(redis);
    return redis;
  };
  const asyncCache = new RedisGroupCache(connect(), { prefix: app, json: true, ttlInMsecs: 300_000 });
  const memory = configuration.startsWith('memory') && {
    inMemoryCache: { ttlInMsecs: 60_000, maxGroups: 1_000, maxItemsPerGroup: 500 },
    ...notifications(
      createGroupNotificationPair({ channel: app, consumerRedis: connect(), publisherRedis: connect() }),
    ),
  };
  const loader = new GroupLoader({
    asyncCache,
    ...memory,
    cacheKeyFromLoadParamsResolver: (parts) => parts.join(':'),
    dataSources: [{ name: 'rows', isCache: false, getFromGroup: (parts, user) => load(user, parts) }],
  });
  await loader.init();
  return {
    read: (user, parts) => loader.get(parts, user),
    ways: {
      entry: (user, parts) => loader.invalidateCacheFor(parts.join(':'), user),
      invalidateCacheForGroup: (user) => loader.invalidateCacheForGroup(user),
    },
    async close() {
      for (const redis of connections) redis.disconnect();
    },
  };
}

const notifications = ({ publisher, consumer }) => ({
  notificationPublisher: publisher,
  notificationConsumer: consumer,
});
