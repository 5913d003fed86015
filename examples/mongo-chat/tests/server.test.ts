import { createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Client } from './support/client.js';
import { openTestDatabase, type TestDatabase } from './support/database.js';
import { ServerProcess } from './support/server-process.js';

const STARTING_MS = 120_000;

describe('the server as a process', () => {
  let database: TestDatabase;

  beforeAll(async () => {
    database = await openTestDatabase('server');
  }, STARTING_MS);

  afterAll(() => database.close());

  it(
    'starts without Redis, says where it is and what it runs on, and ends when told to',
    { timeout: STARTING_MS },
    async () => {
      const server = new ServerProcess({ PORT: '0', MONGODB_URI: database.uri });
      const address = await server.address();
      expect(address).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
      expect(await new Client(address).get('/healthz')).toMatchObject({ status: 200, body: { status: 'ok' } });
      const { code, lines } = await server.stop();
      expect(code).toBe(0);
      expect(lines).toHaveLength(3);
      expect(lines).toEqual(
        expect.arrayContaining([
          expect.stringMatching(/^cache and sessions: in this process/),
          expect.stringMatching(/^database: /),
          `mongo-chat: ${address}`,
        ]),
      );
    },
  );

  it('says on one line that its port is taken, and what to do', { timeout: STARTING_MS }, async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    const { code, lines } = await new ServerProcess({ PORT: String(port), MONGODB_URI: database.uri }).ended;
    other.close();
    expect(code).toBe(1);
    expect(lines).toContain('The port is taken: choose another one, as in PORT=3100 npm start');
  });

  it.each([
    {
      name: 'REDIS_URL without secrets',
      env: { REDIS_URL: 'redis://127.0.0.1:1' },
      line: /^REDIS_URL is set, so CACHE_SECRET must be set too/,
    },
    { name: 'a PORT that is none', env: { PORT: 'http' }, line: /^PORT must be a whole number from 0 to 65535$/ },
    {
      name: 'a secret that is too short',
      env: { CACHE_SECRET: 'short' },
      line: /^options\.secret must be at least 32 bytes long/,
    },
  ])('refuses $name with one line', { timeout: STARTING_MS }, async ({ env, line }) => {
    const { code, lines } = await new ServerProcess({ ...env }).ended;
    expect(code).toBe(1);
    expect(lines).toEqual([expect.stringMatching(line)]);
  });

  it('says that Redis does not answer', { timeout: STARTING_MS }, async () => {
    const [one, other] = ['a'.repeat(32), 'b'.repeat(32)];
    const env = { REDIS_URL: 'redis://127.0.0.1:1', CACHE_SECRET: one, SESSION_SECRET: other };
    const { code, lines } = await new ServerProcess(env).ended;
    expect(code).toBe(1);
    expect(lines.at(-1)).toBe('Redis does not answer: start it, or leave REDIS_URL out');
  });
});
