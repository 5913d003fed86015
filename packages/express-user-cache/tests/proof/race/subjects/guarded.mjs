// What this library does, as it is built, in each of its ways to write.
import { userCache } from '../../../../dist/index.js';

/** @type {import('../race.js').OpenSubject} */
export default function open({ database, app, load, write, random }) {
  const cache = userCache({
    redis: database,
    app,
    namespaces: { row: { ttl: 'short' } },
    deadlines: { read: 10_000, write: 10_000 },
  });
  const changes = [
    async (mine, user, key) => {
      const written = await write(user, key);
      await mine.invalidate(['row', key]);
      return written;
    },
    async (mine, user, key) => {
      const written = await write(user, key);
      await mine.invalidate(['row']);
      return written;
    },
    async (mine, user, key) => {
      const written = await write(user, key);
      await mine.invalidateAll();
      return written;
    },
    (mine, user, key) => mine.mutate(['row', key], () => write(user, key)),
    (mine, user, key) => mine.writeThrough(['row', key], () => write(user, key)),
  ];
  return {
    read: (user, key) => cache.forUser(user).getOrSet(['row', key], () => load(user, key)),
    change: (user, key) => changes[random(changes.length)](cache.forUser(user), user, key),
    close: () => cache.close(),
  };
}
