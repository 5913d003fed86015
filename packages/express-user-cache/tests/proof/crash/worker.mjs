// The process that dies: it runs one operation, asking the test for what the database says and does, and is killed where the
// test wants it to be. It runs what is built, as a deployment would.
import { once } from 'node:events';
import { userCache } from '../../../dist/index.js';

const { port, app, user, client, secret, l1 } = JSON.parse(process.argv[2]);
// Most of its life is its start: it loads one of them.
const { Redis } = await import(client === 5 ? 'ioredis-5' : 'ioredis');
const cache = userCache({
  redis: new Redis(port, '127.0.0.1', { lazyConnect: true }),
  app,
  namespaces: { row: { ttl: 'short', l1 } },
  deadlines: { read: 10_000, write: 10_000 },
  ...(secret && { secret }),
});

const ask = async (what) => {
  const answered = once(process, 'message');
  process.send({ ask: what });
  const [row] = await answered;
  return row;
};
const load = () => ask('load');
const write = () => ask('write');
const fail = async () => {
  await write();
  throw new Error('the connection to the database was lost');
};

const mine = cache.forUser(user);
const key = ['row', 1];
const operations = {
  getOrSet: () => mine.getOrSet(key, load),
  set: async () => mine.set(key, await write()),
  writeThrough: () => mine.writeThrough(key, write),
  'writeThrough that fails': () => mine.writeThrough(key, fail).catch(() => undefined),
  invalidate: () => write().then(() => mine.invalidate(key)),
  invalidateAll: () => write().then(() => mine.invalidateAll()),
  mutate: () => mine.mutate(key, write),
  'mutate of a namespace': () => mine.mutate(['row'], write),
  'mutate that fails': () => mine.mutate(key, fail).catch(() => undefined),
};

await cache.ready();
process.send({ ready: true });
const [operation] = await once(process, 'message');
await operations[operation]();
process.send({ done: true }, () => process.disconnect());
await cache.close();
