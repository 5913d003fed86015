// One process of many that miss the same key at once. It runs what is built, as a deployment would.
import { setTimeout as pause } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { userCache } from '../../../dist/index.js';

const { url, app, requests, milliseconds } = JSON.parse(process.argv[2]);
const cache = userCache({
  redis: new Redis(url, { lazyConnect: true }),
  app,
  namespaces: { row: { ttl: 'short', singleFlight: 'everywhere' } },
  deadlines: { read: 10_000, write: 10_000 },
});
const now = () => Number(process.hrtime.bigint() / 1_000n) / 1_000;

process.on('message', async (key) => {
  const load = async () => {
    process.send({ loading: process.pid });
    await pause(milliseconds);
    process.send({ loaded: now() });
    return `by ${process.pid}`;
  };
  const read = () => cache.forUser('alice').getOrSet(['row', key], load);
  const values = await Promise.all(Array.from({ length: requests }, read));
  process.send({ done: now(), values: [...new Set(values)] });
});
await cache.ready();
process.send({ ready: true });
