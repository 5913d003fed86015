// One process of the race: clients that read and write at random for a while, and the history of what they saw.
// A row is a version in Redis; a load and a write take up to 15 ms. It runs what is built, as a deployment would.
import { setTimeout as pause } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { userCache } from '../../../dist/index.js';

const { url, app, cached, milliseconds, clients, users, keys, seed } = JSON.parse(process.argv[2]);
const database = new Redis(url);
const history = [];

/** Lehmer's generator: a race need not have good random numbers, but the same ones for the same seed. */
let state = seed;
const random = (n) => (state = (state * 48_271) % 2_147_483_647) % n;
const row = (user, key) => `race:${app}:${user}:${key}`;
const now = () => Number(process.hrtime.bigint() / 1_000n);

async function load(user, key) {
  await pause(random(8));
  const version = Number((await database.get(row(user, key))) ?? 0);
  await pause(random(8));
  return { user, key, version };
}

async function write(user, key) {
  await pause(random(8));
  const version = await database.incr(row(user, key));
  // The Redis may be somebody's: nothing stays in it.
  await database.expire(row(user, key), 600);
  await pause(random(8));
  return { user, key, version };
}

/** What this library does. */
function guarded() {
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

/** What people write by hand: read, load on a miss, store; delete after a write. */
function plain() {
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

const subject = cached === 'guarded' ? guarded() : plain();
const end = now() + milliseconds * 1_000;

async function client() {
  while (now() < end) {
    const [user, key] = [`user-${random(users)}`, random(keys)];
    const start = now();
    if (random(5) === 0) {
      const { version } = await subject.change(user, key);
      history.push({ kind: 'write', user, key, start, end: now(), version });
    } else {
      const value = await subject.read(user, key);
      const foreign = value.user !== user || value.key !== key;
      history.push({ kind: 'read', user, key, start, end: now(), version: value.version, foreign });
    }
  }
}

await Promise.all(Array.from({ length: clients }, client));
await subject.close();
database.disconnect();
process.send(history, () => process.disconnect());
