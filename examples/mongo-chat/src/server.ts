import { once } from 'node:events';
import { UserCacheError, UserCacheTypeError } from 'express-user-cache';
import { Redis } from 'ioredis';
import mongoose from 'mongoose';
import { createApp } from './app.js';
import { createCache } from './cache.js';
import { openDatabase } from './database/open.js';
import { type Environment, EnvironmentError, readEnvironment } from './environment.js';
import { addressOf, isTaken, listen } from './http/listen.js';
import { connectModels } from './models/connect.js';
import { createSession } from './session.js';

/** How long requests that are under way may take to finish when the process is told to end, in ms. */
const GRACE_MS = 5_000;

/** How to close what was opened, the last first. */
const opened: (() => Promise<unknown>)[] = [];

function log(line: string): void {
  console.log(line);
}

async function start(environment: Environment): Promise<void> {
  const { redisUrl, cacheSecret, sessionSecret, mongodbUri, readDeadline, host, port } = environment;
  const redis = redisUrl === undefined ? undefined : connectRedis(redisUrl);
  const deadlines = readDeadline === undefined ? undefined : { read: readDeadline };
  const cache = createCache({ redis, secret: cacheSecret, deadlines });
  opened.unshift(() => cache.close());
  await cache.ready();
  log(`cache and sessions: ${redis ? describe(redis) : 'in this process; REDIS_URL would share them with others'}`);

  const database = await openDatabase({ uri: mongodbUri, log });
  opened.unshift(() => database.close());
  await connectModels(database.uri);
  opened.unshift(() => mongoose.disconnect());

  const app = createApp({ session: createSession({ redis, secret: sessionSecret }), cache });
  const server = await listen(app, host, port);
  opened.unshift(async () => {
    const closed = once(server, 'close');
    server.close();
    server.closeIdleConnections();
    setTimeout(() => {
      server.closeAllConnections();
    }, GRACE_MS).unref();
    await closed;
  });
  log(`mongo-chat: ${addressOf(server)}`);
}

/** For the sessions; the cache makes a connection of its own. */
function connectRedis(url: string): Redis {
  const redis = new Redis(url);
  opened.unshift(() => {
    redis.disconnect();
    return Promise.resolve();
  });
  let last: string | undefined;
  redis.on('error', ({ message }) => {
    if (message !== last) console.error(`Redis: ${message}`);
    last = message;
  });
  redis.on('ready', () => (last = undefined));
  return redis;
}

const describe = ({ options }: Redis): string =>
  `Redis at ${String(options.host)}:${String(options.port)}, from REDIS_URL`;

async function close(): Promise<void> {
  for (const one of opened.splice(0)) await one();
}

/** One line where it is for the person at the terminal to mend; everything where it is not. */
function explain(error: unknown): unknown {
  if (error instanceof EnvironmentError || error instanceof UserCacheTypeError) return error.message;
  if (error instanceof UserCacheError) return 'Redis does not answer: start it, or leave REDIS_URL out';
  if (error instanceof mongoose.Error.MongooseServerSelectionError) return `MongoDB does not answer: ${error.message}`;
  if (isTaken(error)) return 'The port is taken: choose another one, as in PORT=3100 npm start';
  return error;
}

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    void close().finally(() => process.exit());
  });
}

try {
  await start(readEnvironment(process.env));
} catch (error) {
  console.error(explain(error));
  process.exitCode = 1;
  await close();
}
