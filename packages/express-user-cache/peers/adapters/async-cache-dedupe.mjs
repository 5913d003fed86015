import { createCache } from 'async-cache-dedupe';
import { Redis } from 'ioredis';

/** @type {import('../adapter.js').About} */
export const about = {
  name: 'async-cache-dedupe',
  packages: ['async-cache-dedupe', 'ioredis'],
  configurations: { Redis: 'library' },
  notes: [
    'The arguments are an object with the user in it, which the library makes a key of as JSON; a reference for each user.',
    'Invalidates by `clear(name, arguments)`, `invalidateAll([reference])` and `invalidateAll(reference)`. The last one takes wildcards, which its documentation says; a user named `*` then invalidates everybody, unless the application uses the list.',
    'Its documentation promises that the same resource is only asked for once at a time, which is within a process. Aims at deduplication first; has no layers to keep in step.',
  ],
};

/** @type {import('../adapter.js').Open} */
export function open({ url, app, load }) {
  const client = new Redis(url).on('error', () => undefined);
  const name = `rows-${app}`;
  const reference = (user) => `user:${user}`;
  const cache = createCache({
    ttl: 300,
    storage: { type: 'redis', options: { client, invalidation: { referencesTTL: 300 } } },
  });
  cache.define(name, { references: ({ user }) => [reference(user)] }, ({ user, parts }) => load(user, parts));
  return {
    read: (user, parts) => cache[name]({ user, parts }),
    ways: {
      entry: (user, parts) => cache.clear(name, { user, parts }),
      'invalidateAll([reference])': (user) => cache.invalidateAll([reference(user)]),
      'invalidateAll(reference)': (user) => cache.invalidateAll(reference(user)),
    },
    close: async () => client.disconnect(),
  };
}
