import { Redis } from 'ioredis-6';
import { userCache } from '../../dist/index.js';

/** @type {import('../adapter.js').About} */
export const about = {
  name: 'express-user-cache',
  packages: ['express-user-cache', 'ioredis-6'],
  configurations: { Redis: 'library' },
  notes: [
    'Refuses every fill whose load began before an invalidation of its key, and a user who changes much loads more for it: see the column _Without a load_.',
    'In the desync suite it refuses the replies that are not for this user and key, takes a new connection, and loads for about a second meanwhile.',
    'Refuses users and keys that are not well-formed text, and the empty user id, with an error.',
  ],
};

/** @type {import('../adapter.js').Open} */
export async function open({ url, app, load, patience }) {
  const redis = new Redis(url, { lazyConnect: true });
  const cache = userCache({
    redis,
    app,
    namespaces: { row: { ttl: 'short' } },
    deadlines: { read: patience, write: 10_000 },
  });
  await connected(cache);
  return {
    read: async (user, parts) => cache.forUser(user).getOrSet(['row', ...parts], () => load(user, parts)),
    ways: {
      entry: async (user, parts) => cache.forUser(user).invalidate(['row', ...parts]),
      everything: async (user) => cache.forUser(user).invalidateAll(),
    },
    async close() {
      await cache.close();
      redis.disconnect();
    },
  };
}

/** On a busy machine a first connection takes longer than a read may; the others have no such deadline. */
async function connected(cache, tries = 20) {
  try {
    await cache.ready();
  } catch (error) {
    if (tries === 0) throw error;
    await connected(cache, tries - 1);
  }
}
