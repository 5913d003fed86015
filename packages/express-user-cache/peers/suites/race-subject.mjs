// An adapter as a subject of the race: reads as it reads, writes the row and then invalidates in one of its ways.
import { open as openAdapter } from './open.mjs';

/** @type {import('../../tests/proof/race/race.js').OpenSubject} */
export default async function open({ url, app, load, write, random, settings: { adapter, configuration } }) {
  const loadRow = (user, [, key]) => load(user, Number(key));
  const cache = await openAdapter(adapter, { url, app, configuration, patience: 10_000, load: loadRow });
  const ways = Object.values(cache.ways);
  const parts = (key) => ['conversation', String(key)];
  return {
    read: (user, key) => cache.read(user, parts(key)),
    async change(user, key) {
      const written = await write(user, key);
      await ways[random(ways.length)](user, parts(key));
      return written;
    },
    close: () => cache.close(),
  };
}
