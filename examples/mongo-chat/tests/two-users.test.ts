import { expect, it } from 'vitest';
import type { Answer, Client } from './support/client.js';
import type { Chat } from './support/chat.js';
import { describeChat } from './support/suite.js';

/** Reads of what is a user's, by name; `id` is a conversation. */
const READS = {
  list: () => '/conversations?page=1&size=20',
  conversation: (id: string) => `/conversations/${id}`,
  messages: (id: string) => `/conversations/${id}/messages`,
  profile: () => '/profile',
  settings: () => '/settings',
  search: () => '/search?q=secret',
};
type Read = keyof typeof READS;
const all = Object.keys(READS) as Read[];

/** Somebody with something to hide: every read of theirs has their name in it. */
async function settle(chat: Chat, name: string) {
  const user = await chat.user(name);
  const id = await user.converse(`secret of ${user.name}`, `my secret is ${user.name}`);
  await user.send('PATCH', '/profile', { email: `${user.name}@example.org` });
  await user.send('PUT', '/settings', { theme: 'dark', language: 'en' });
  return { user, id };
}

describeChat('two-users', 'two users at one app', (chat) => {
  it.each(all)('%s: the same URL is a miss and then a hit for each of them, with their own data', async (read) => {
    const [alice, bob] = [await settle(chat(), 'alice'), await settle(chat(), 'bob')];
    const path = READS[read](alice.id);
    const first = { alice: await alice.user.get(path), bob: await bob.user.get(path) };
    const second = { alice: await alice.user.get(path), bob: await bob.user.get(path) };

    const foreign = read === 'conversation' || read === 'messages';
    // PUT /settings is a write-through: its value is cached before anyone reads it.
    const before = read === 'settings' ? 'hit' : 'miss';
    expect(first.alice).toMatchObject({ status: 200, cache: before });
    expect(first.bob).toMatchObject({ status: foreign ? 404 : 200, cache: before });
    expect(second.alice).toEqual({ ...first.alice, cache: 'hit' });
    expect(second.bob).toEqual({ ...first.bob, cache: 'hit' });

    if (!['conversation', 'settings'].includes(read)) expect(first.alice.text).toContain(alice.user.name);
    for (const { text } of [first.bob, second.bob]) expect(text).not.toContain(alice.user.name);
    for (const { text } of [first.alice, second.alice]) expect(text).not.toContain(bob.user.name);
  });

  it.each(['/config', '/lookup/countries'])('%s: what one of them loaded is a hit for the other', async (path) => {
    const [alice, bob] = [await chat().user('alice'), await chat().user('bob')];
    const loaded = await alice.get(path);
    expect(loaded).toMatchObject({ status: 200, cache: 'miss' });
    expect(await bob.get(path)).toEqual({ ...loaded, cache: 'hit' });
    expect(await chat().client().get(path)).toEqual({ ...loaded, cache: 'hit' });
  });

  const writes: readonly {
    name: string;
    write: (by: Client, id: string) => Promise<Answer>;
    stale: readonly Read[];
  }[] = [
    {
      name: 'POST /conversations',
      write: (by) => by.send('POST', '/conversations', { title: 'another secret' }),
      stale: ['list', 'search'],
    },
    {
      name: 'PATCH /conversations/:id',
      write: (by, id) => by.send('PATCH', `/conversations/${id}`, { title: 'a new secret' }),
      stale: ['conversation', 'list', 'search'],
    },
    {
      name: 'DELETE /conversations/:id',
      write: (by, id) => by.send('DELETE', `/conversations/${id}`),
      stale: ['conversation', 'messages', 'list', 'search'],
    },
    {
      name: 'POST /conversations/:id/messages',
      write: (by, id) => by.send('POST', `/conversations/${id}/messages`, { text: 'one more secret' }),
      stale: ['conversation', 'messages', 'list', 'search'],
    },
    {
      name: 'PATCH /profile',
      write: (by) => by.send('PATCH', '/profile', { displayName: 'somebody else' }),
      stale: ['profile'],
    },
  ];

  it.each(writes)('$name makes $stale a miss, and nothing else', async ({ write, stale }) => {
    const [alice, bob] = [await settle(chat(), 'alice'), await settle(chat(), 'bob')];
    const before = new Map<Read, string>();
    for (const read of all) {
      before.set(read, (await alice.user.warm(READS[read](alice.id))).text);
      await bob.user.warm(READS[read](bob.id));
    }

    expect((await write(alice.user, alice.id)).status).toBeLessThan(300);

    for (const read of all) {
      const after = await alice.user.get(READS[read](alice.id));
      expect(after.cache, read).toBe(stale.includes(read) ? 'miss' : 'hit');
      if (stale.includes(read)) expect(after.text, read).not.toBe(before.get(read));
      else expect(after.text, read).toBe(before.get(read));
      expect(await bob.user.get(READS[read](bob.id)), `${read} of bob`).toMatchObject({ status: 200, cache: 'hit' });
    }
  });

  it('PUT /settings writes through: the next read is a hit, with the new value', async () => {
    const alice = await chat().user('alice');
    await alice.warm('/settings');
    const written = await alice.send('PUT', '/settings', { theme: 'dark', language: 'fr' });
    expect(written).toMatchObject({ status: 200, body: { theme: 'dark', language: 'fr' } });
    expect(await alice.get('/settings')).toEqual({ ...written, cache: 'hit' });
  });

  it("nobody's write reaches what is somebody else's, and it says 404 whether cached or not", async () => {
    const [alice, bob] = [await settle(chat(), 'alice'), await settle(chat(), 'bob')];
    await alice.user.warm(`/conversations/${alice.id}`);
    for (const round of ['first', 'again']) {
      expect(await bob.user.get(`/conversations/${alice.id}`), round).toMatchObject({ status: 404 });
      expect(await bob.user.send('PATCH', `/conversations/${alice.id}`, { title: 'mine' })).toMatchObject({
        status: 404,
      });
      expect(await bob.user.send('DELETE', `/conversations/${alice.id}`)).toMatchObject({ status: 404 });
      expect(await bob.user.send('POST', `/conversations/${alice.id}/messages`, { text: 'hi' })).toMatchObject({
        status: 404,
      });
    }
    expect(await alice.user.get(`/conversations/${alice.id}`)).toMatchObject({
      status: 200,
      cache: 'hit',
      body: { title: `secret of ${alice.user.name}`, messageCount: 2 },
    });
  });

  it('a login as somebody else in the same browser shows only their data', async () => {
    const [alice, bob] = [await settle(chat(), 'alice'), await settle(chat(), 'bob')];
    const browser = chat().client();
    await browser.logIn(alice.user.name);
    await browser.warm('/profile');
    await browser.logIn(bob.user.name);
    const seen = await browser.warm('/profile');
    expect(seen.text).toContain(bob.user.name);
    expect(seen.text).not.toContain(alice.user.name);
  });

  it('a logout forgets what was cached, and ends the session', async () => {
    const { user } = await settle(chat(), 'alice');
    const other = await settle(chat(), 'bob');
    for (const read of all) await user.warm(READS[read](other.id));
    await other.user.warm('/profile');
    expect(await user.send('POST', '/logout')).toMatchObject({ status: 204 });
    for (const read of all) expect(await user.get(READS[read](other.id))).toMatchObject({ status: 401 });
    await user.logIn(user.name);
    for (const read of all) expect(await user.get(READS[read](other.id)), read).toMatchObject({ cache: 'miss' });
    expect(await other.user.get('/profile')).toMatchObject({ cache: 'hit' });
  });

  it('says how the store and the database are', async () => {
    expect(await chat().client().get('/healthz')).toMatchObject({
      status: 200,
      body: { status: 'ok', store: 'ok', database: 'ok' },
    });
  });
});
