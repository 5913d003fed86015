import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { DEADLINES, REDIS_URL, secret } from './support/chat.js';
import { Client } from './support/client.js';
import { openTestDatabase, type TestDatabase } from './support/database.js';
import { ServerProcess } from './support/server-process.js';

if (REDIS_URL === undefined) {
  console.warn(
    'two-processes: SKIPPED, as REDIS_URL is not set. Run: REDIS_URL=redis://127.0.0.1:6379 npx vitest run two-processes',
  );
}

const STARTING_MS = 120_000;
// Many requests each, on a machine that may have much else to do.
vi.setConfig({ testTimeout: 60_000 });

describe.skipIf(REDIS_URL === undefined)('two processes behind one session store', () => {
  let database: TestDatabase;
  let processes: ServerProcess[] = [];
  let addresses: string[] = [];

  beforeAll(async () => {
    database = await openTestDatabase('two-processes');
    const env = {
      HOST: '127.0.0.1',
      PORT: '0',
      MONGODB_URI: database.uri,
      REDIS_URL: REDIS_URL ?? '',
      CACHE_SECRET: secret(),
      SESSION_SECRET: secret(),
      CACHE_READ_DEADLINE: String(DEADLINES.read),
    };
    processes = [new ServerProcess(env), new ServerProcess(env)];
    addresses = await Promise.all(processes.map((one) => one.address()));
  }, STARTING_MS);

  afterAll(async () => {
    await Promise.all(processes.map((one) => one.stop()));
    await database.close();
  });

  /** Somebody's session at both processes; they log in at the first. */
  async function user(name: string): Promise<{ name: string; one: Client; two: Client }> {
    const [first = '', second = ''] = addresses;
    const one = new Client(first);
    await one.logIn(name);
    return { name, one, two: one.at(second) };
  }

  it('what one loaded is a hit in the other, for the same user only', async () => {
    const [alice, bob] = [await user('alice'), await user('bob')];
    const id = await alice.one.converse('secret of alice');
    for (const path of ['/conversations', `/conversations/${id}`, '/profile', '/settings']) {
      const loaded = await alice.one.get(path);
      expect(loaded, path).toMatchObject({ status: 200, cache: 'miss' });
      expect(await alice.two.get(path), path).toEqual({ ...loaded, cache: 'hit' });
      const other = await bob.two.get(path);
      expect(other.cache, path).toBe('miss');
      expect(other.text, path).not.toContain('alice');
    }
  });

  it('a write in either is a miss in the other, and then what was written', async () => {
    const { one, two } = await user('carol');
    const id = await one.converse('first');
    const path = `/conversations/${id}`;
    for (const [round, writer, reader] of [
      ['one writes', one, two],
      ['two writes', two, one],
    ] as const) {
      await one.warm(path);
      await two.warm(path);
      expect(await writer.send('PATCH', path, { title: round })).toMatchObject({ status: 200 });
      expect(await reader.get(path)).toMatchObject({ status: 200, cache: 'miss', body: { title: round } });
      expect(await writer.get(path)).toMatchObject({ cache: 'hit', body: { title: round } });
    }
  });

  it('a write-through in one is a hit with the new value in the other', async () => {
    const { one, two } = await user('dave');
    await two.warm('/settings');
    const written = await one.send('PUT', '/settings', { theme: 'dark', language: 'fr' });
    expect(await two.get('/settings')).toEqual({ ...written, cache: 'hit' });
  });

  it('every read that begins after a write shows it, whichever process is asked', async () => {
    const { one, two } = await user('erin');
    const path = `/conversations/${await one.converse('start')}`;
    for (let round = 0; round < 25; round++) {
      const title = `round ${round}`;
      const [writer, reader] = round % 2 === 0 ? [one, two] : [two, one];
      // Reads that race with the write may answer either; none may leave the old value behind.
      const racing = [reader.get(path), writer.send('PATCH', path, { title }), reader.get(path), writer.get(path)];
      await Promise.all(racing);
      expect(await reader.get(path)).toMatchObject({ status: 200, body: { title } });
      expect(await writer.get(path)).toMatchObject({ status: 200, body: { title } });
    }
  });

  it('a logout at one ends the session and the entries at the other', async () => {
    const { name, one, two } = await user('frank');
    await two.warm('/profile');
    expect(await one.send('POST', '/logout')).toMatchObject({ status: 204 });
    expect(await two.get('/profile')).toMatchObject({ status: 401 });
    await two.logIn(name);
    expect(await two.get('/profile')).toMatchObject({ cache: 'miss' });
  });
});
