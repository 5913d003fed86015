import { once } from 'node:events';
import type { Server } from 'node:http';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createApp } from '../src/app.js';
import { type ChatCache, createCache } from '../src/cache.js';
import { addressOf, listen } from '../src/http/listen.js';
import { createSession } from '../src/session.js';
import { secret } from './support/chat.js';
import { Client } from './support/client.js';

describe('with a Redis that is away and a database that was never connected', () => {
  // Port 1 is nobody's: every attempt to connect is refused at once.
  const redis = new Redis({ host: '127.0.0.1', port: 1, lazyConnect: true });
  let cache: ChatCache;
  let server: Server;
  let client: Client;

  beforeAll(async () => {
    cache = createCache({ redis, secret: secret(), deadlines: { read: 20, write: 100 } });
    server = await listen(createApp({ session: createSession({ secret: secret() }), cache }), '127.0.0.1', 0);
    client = new Client(addressOf(server));
  });

  afterAll(async () => {
    const closed = once(server, 'close');
    server.close();
    server.closeAllConnections();
    await closed;
    await cache.close();
  });

  it('/healthz says so', async () => {
    expect(await client.get('/healthz')).toMatchObject({
      status: 503,
      body: { status: 'unavailable', store: 'unavailable', database: 'unavailable' },
    });
  });

  it('a read that needs no database is answered, past the cache', async () => {
    expect(await client.get('/config')).toMatchObject({ status: 200, cache: 'bypass', body: { name: 'mongo-chat' } });
  });
});
