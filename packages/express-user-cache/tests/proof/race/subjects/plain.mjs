// What people write by hand: read, load on a miss, store; delete after a write.

/** @type {import('../race.js').OpenSubject} */
export default function open({ database, app, load, write }) {
  const name = (user, key) => `plain:${app}:${user}:${key}`;
  return {
    async read(user, key) {
      const hit = await database.get(name(user, key));
      if (hit !== null) return JSON.parse(hit);
      const loaded = await load(user, key);
      await database.setex(name(user, key), 600, JSON.stringify(loaded));
      return loaded;
    },
    async change(user, key) {
      const written = await write(user, key);
      await database.del(name(user, key));
      return written;
    },
    close: () => Promise.resolve(),
  };
}
