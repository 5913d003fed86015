import { URL } from 'node:url';
import { BentoCache, bentostore } from 'bentocache';
import { memoryDriver } from 'bentocache/drivers/memory';
import { redisBusDriver, redisDriver } from 'bentocache/drivers/redis';
import { Redis } from 'ioredis';

/** @type {import('../adapter.js').About} */
export const about = {
  name: 'bentocache',
  packages: ['bentocache', 'ioredis'],
  configurations: {
    'Redis, namespaces': 'library',
    'Redis, tags': 'application',
    'memory + Redis + bus, namespaces': 'library',
  },
  notes: [
    'A namespace for each user (`namespace("users").namespace(id)`), emptied with `clear()`; or one namespace, keys joined by hand, and a tag for each user (`deleteByTag`). The handle of a namespace is kept, as single flight belongs to it.',
    'Its documentation says that a namespace is a prefix of the key, and that the root can read what is in a namespace; it offers them to group entries, and promises no isolation between them.',
    'Single flight is promised within one process. Memory of other processes is synchronised by a bus, so some milliseconds of lag are by design.',
    'Aims at more than we do: drivers for databases, DynamoDB and files, grace periods, soft and hard timeouts, plugins.',
  ],
};

/** @type {import('../adapter.js').Open} */
export function open({ url, app, configuration, load }) {
  const connect = () => new Redis(url).on('error', () => undefined);
  const store = bentostore().useL2Layer(redisDriver({ connection: connect() }));
  if (configuration.startsWith('memory')) {
    const { hostname: host, port } = new URL(url);
    store.useL1Layer(memoryDriver({ maxSize: '10mb' }));
    store.useBus(redisBusDriver({ connection: { host, port: Number(port) } }));
  }
  const bento = new BentoCache({ default: 'cache', prefix: app, ttl: '5m', stores: { cache: store } });
  const close = () => bento.disconnectAll();
  if (configuration.endsWith('tags')) {
    const name = (user, parts) => `user:${user}:${parts.join(':')}`;
    const tag = (user) => `user:${user}`;
    return {
      read: (user, parts) =>
        bento.getOrSet({ key: name(user, parts), tags: [tag(user)], factory: () => load(user, parts) }),
      ways: {
        entry: (user, parts) => bento.delete({ key: name(user, parts) }),
        deleteByTag: (user) => bento.deleteByTag({ tags: [tag(user)] }),
      },
      close,
    };
  }
  const users = bento.namespace('users');
  const namespaces = new Map();
  const namespace = (user) => {
    if (!namespaces.has(user)) namespaces.set(user, users.namespace(user));
    return namespaces.get(user);
  };
  return {
    read: (user, parts) => namespace(user).getOrSet({ key: parts.join(':'), factory: () => load(user, parts) }),
    ways: {
      entry: (user, parts) => namespace(user).delete({ key: parts.join(':') }),
      'namespace.clear': (user) => namespace(user).clear(),
    },
    close,
  };
}
