import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { Redis } from 'ioredis';
import { createApp } from '../../src/app.js';
import type { Responder } from '../../src/bot.js';
import { createCache } from '../../src/cache.js';
import { addressOf, listen } from '../../src/http/listen.js';
import { createSession } from '../../src/session.js';
import { Client } from './client.js';

/** Where the cache and the sessions of a suite live. */
export interface Store {
  readonly name: string;
  readonly redisUrl: string | undefined;
}

export const REDIS_URL = process.env.REDIS_URL === '' ? undefined : process.env.REDIS_URL;

const NOT_ON_REDIS = 'NOT TESTED on Redis: REDIS_URL is not set. Run: REDIS_URL=redis://127.0.0.1:6379 npx vitest run';

/** This process, and Redis where there is one; where there is none the output says so. */
export function stores(suite: string): Store[] {
  const here: Store = { name: 'in this process', redisUrl: undefined };
  if (REDIS_URL !== undefined) return [here, { name: 'on Redis', redisUrl: REDIS_URL }];
  console.warn(`${suite}: ${NOT_ON_REDIS}`);
  return [here];
}

/** On a busy machine a read that takes long is still to be a read, not a bypass. */
export const DEADLINES = { read: 10_000, write: 20_000 };

/** What a process needs to share sessions and entries with another; also keeps suites on one Redis apart. */
export const secret = (): string => randomBytes(32).toString('base64');

export interface Chat {
  /** A new browser. */
  client(): Client;
  /** A new browser of somebody who is logged in, under a name that nobody had before. */
  user(name: string): Promise<Client & { readonly name: string }>;
  readonly address: string;
  close(): Promise<void>;
}

let users = 0;

/** The app, over HTTP on a free port. mongoose must be connected. */
export async function startChat({ redisUrl }: Pick<Store, 'redisUrl'>, responder?: Responder): Promise<Chat> {
  const redis = redisUrl === undefined ? undefined : new Redis(redisUrl);
  const cache = createCache({ redis, secret: secret(), deadlines: DEADLINES });
  await cache.ready();
  const session = createSession({ redis, secret: secret() });
  const server = await listen(createApp({ session, cache, ...(responder && { responder }) }), '127.0.0.1', 0);
  const address = addressOf(server);
  return {
    address,
    client: () => new Client(address),
    async user(name) {
      const unique = `${name}-${++users}`;
      const client = Object.assign(new Client(address), { name: unique });
      await client.logIn(unique);
      return client;
    },
    async close() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
      await cache.close();
      redis?.disconnect();
    },
  };
}
