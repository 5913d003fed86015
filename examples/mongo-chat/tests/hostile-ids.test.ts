import { request } from 'node:http';
import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { expect, it } from 'vitest';
import type { Chat } from './support/chat.js';
import { describeChat } from './support/suite.js';

const HOSTILE: readonly { readonly name: string; readonly id: string }[] = [
  { name: 'a delimiter', id: 'a:b' },
  { name: 'a delimiter, encoded', id: 'a%3Ab' },
  { name: 'a glob', id: '*' },
  { name: 'a hash tag', id: '{x}' },
  { name: 'a path upwards', id: '../' },
  { name: 'the prototype', id: '__proto__' },
  { name: 'a property of every object', id: 'constructor' },
  { name: 'an operator', id: '{"$ne":null}' },
  { name: 'a pattern', id: '.*' },
  { name: 'emoji', id: '👩‍👩‍👧‍👦🎉' },
  { name: 'a name that looks like a key', id: 'profile:alice' },
];

const LONG = 'x'.repeat(5_000);

/** Sends the path as it stands: fetch would resolve the dots first. */
async function statusOf(chat: Chat, path: string): Promise<number | undefined> {
  const sent = request(chat.address + '/', { path }).end();
  const [response] = (await once(sent, 'response')) as [IncomingMessage];
  response.resume();
  return response.statusCode;
}

describeChat('hostile-ids', 'hostile ids', (chat) => {
  it.each([
    ...HOSTILE,
    { name: '5,000 characters', id: LONG },
    { name: 'a NUL', id: '\0' },
    { name: '12 bytes', id: 'a'.repeat(12) },
  ])('$name is no conversation: 404 for every method', async ({ id }) => {
    const user = await chat().user('alice');
    const path = `/conversations/${encodeURIComponent(id)}`;
    for (const round of ['first', 'again']) {
      expect(await user.get(path), round).toMatchObject({ status: 404, body: { error: 'not found' } });
      expect(await user.get(`${path}/messages`), round).toMatchObject({ status: 404 });
    }
    expect(await user.send('PATCH', path, { title: 'x' })).toMatchObject({ status: 404 });
    expect(await user.send('DELETE', path)).toMatchObject({ status: 404 });
    expect(await user.send('POST', `${path}/messages`, { text: 'x' })).toMatchObject({ status: 404 });
  });

  it('users with hostile names each have their own data, and only that', async () => {
    const users = await Promise.all(
      ['a', 'alice', ...HOSTILE.map(({ id }) => id)].map(async (name) => {
        const client = chat().client();
        await client.logIn(name);
        return { name, client };
      }),
    );
    const ids = await Promise.all(users.map(({ name, client }) => client.converse(`of ${name}`, `said by ${name}`)));
    for (const round of ['miss', 'hit']) {
      for (const { name, client } of users) {
        const list = await client.get('/conversations');
        expect(list, name).toMatchObject({
          status: 200,
          cache: round,
          body: [{ title: `of ${name}`.trim(), userId: name }],
        });
        expect(list.body).toHaveLength(1);
        expect(await client.get('/search?q=said'), name).toMatchObject({ cache: round });
        expect(await client.get('/profile'), name).toMatchObject({ body: { userId: name, displayName: name } });
      }
    }
    // The other store's run has the same names.
    await Promise.all(users.map(({ client }, index) => client.send('DELETE', `/conversations/${ids[index] ?? ''}`)));
  });

  it.each(HOSTILE)('a search for $name finds what has it, and nothing else', async ({ id }) => {
    const user = await chat().user('alice');
    await user.converse('one', `before ${id} after`);
    await user.converse('other', 'nothing of the kind');
    const path = `/search?q=${encodeURIComponent(id)}`;
    const found = await user.get(path);
    // The message, and the reply that quotes it.
    expect(found).toMatchObject({ status: 200, cache: 'miss', body: { conversations: [] } });
    expect(found.body).toHaveProperty('messages.length', 2);
    expect(await user.get(path)).toEqual({ ...found, cache: 'hit' });
  });

  it('an id in upper case is the same conversation, also after a write', async () => {
    const user = await chat().user('alice');
    const id = await user.converse('before');
    const upper = `/conversations/${id.toUpperCase()}`;
    await user.warm(upper);
    await user.send('PATCH', `/conversations/${id}`, { title: 'after' });
    expect(await user.get(upper)).toMatchObject({ status: 200, cache: 'miss', body: { title: 'after' } });
  });

  it('a text of 5,000 characters is stored and comes back from the cache as it was', async () => {
    const user = await chat().user('alice');
    const text = `${'é🎉'.repeat(1_600)}${'x'.repeat(200)}`;
    const id = await user.converse('long', text);
    expect(await user.warm(`/conversations/${id}/messages`)).toMatchObject({ body: [{ text }, { author: 'bot' }] });
  });

  it('a name or a query of 5,000 characters is refused', async () => {
    const user = await chat().user('alice');
    expect(await user.get(`/search?q=${LONG}`)).toMatchObject({ status: 400 });
    expect(await user.send('POST', '/login', { user: LONG })).toMatchObject({ status: 400 });
    expect(await user.send('POST', '/login', { user: '\ud800' })).toMatchObject({ status: 400 });
  });

  it.each(['/conversations/../profile', '/conversations/..%2Fprofile', '//profile', '/..%2f..%2fpackage.json'])(
    '%s leads nowhere',
    async (path) => {
      expect([401, 403, 404]).toContain(await statusOf(chat(), path));
    },
  );
});
