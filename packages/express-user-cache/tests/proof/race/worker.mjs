// One process of the race: clients that read and write at random for a while, and the history of what they saw.
// A row is a version in Redis; a load and a write take up to 15 ms. What caches is a module: `subject.ts` says what it exports.
import { setTimeout as pause } from 'node:timers/promises';
import { Redis } from 'ioredis';

const { url, app, subject: module, settings, milliseconds, clients, users, keys, seed } = JSON.parse(process.argv[2]);
const database = new Redis(url);
const history = [];
let loads = 0;

/** Lehmer's generator: a race need not have good random numbers, but the same ones for the same seed. */
let state = seed;
const random = (n) => (state = (state * 48_271) % 2_147_483_647) % n;
const row = (user, key) => `race:${app}:${user}:${key}`;
const now = () => Number(process.hrtime.bigint() / 1_000n);

async function load(user, key) {
  loads += 1;
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

const { default: open } = await import(module);
const subject = await open({ url, app, database, load, write, random, settings });
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
process.send({ history, loads }, () => process.disconnect());
