import { expect, it, vi } from 'vitest';
import type { Responder } from '../src/bot.js';
import { describeChat } from './support/suite.js';

const failing: Responder = {
  reply: (text) => (text === 'fail' ? Promise.reject(new Error('mongodb://root:hunter2@db')) : Promise.resolve('fine')),
};

const QUERIES: readonly (readonly [path: string, issue: string])[] = [
  ['/conversations?page=0', 'page'],
  ['/conversations?page=-1', 'page'],
  ['/conversations?page=1e3', 'page'],
  ['/conversations?page=', 'page'],
  ['/conversations?page=1&page=2', 'page'],
  ['/conversations?page=99999', 'page'],
  ['/conversations?size=0', 'size'],
  ['/conversations?size=101', 'size'],
  ['/conversations?size=ten', 'size'],
  ['/conversations?sort=title', ''],
  ['/conversations?__proto__=x', ''],
  ['/search', 'q'],
  ['/search?q=', 'q'],
  ['/search?q=%20', 'q'],
  ['/search?q=a&q=b', 'q'],
  ['/search?q[]=a', 'q'],
  ['/search?q[$ne]=a', 'q'],
  ['/search?q=%00', 'q'],
  ['/search?q=a&from=yesterday', 'from'],
  ['/search?q=a&from=2024-02-30', 'from'],
  ['/search?q=a&to=2024-1-1', 'to'],
  ['/search?q=a&to=2024-01-01&to=2024-01-02', 'to'],
];

const BODIES: readonly (readonly [method: string, path: string, body: unknown, issue: string])[] = [
  ['POST', '/login', {}, 'user'],
  ['POST', '/login', { user: '' }, 'user'],
  ['POST', '/login', { user: { $ne: null } }, 'user'],
  ['POST', '/login', { user: 'alice', admin: true }, ''],
  ['POST', '/login', [], ''],
  ['POST', '/conversations', {}, 'title'],
  ['POST', '/conversations', { title: 'x'.repeat(201) }, 'title'],
  ['POST', '/conversations', { title: 'x', userId: 'bob' }, ''],
  ['PATCH', '/conversations/aaaaaaaaaaaaaaaaaaaaaaaa', { title: 1 }, 'title'],
  ['POST', '/conversations/aaaaaaaaaaaaaaaaaaaaaaaa/messages', { text: '' }, 'text'],
  ['POST', '/conversations/aaaaaaaaaaaaaaaaaaaaaaaa/messages', { text: 'x'.repeat(8_001) }, 'text'],
  ['PATCH', '/profile', { email: 'nobody' }, 'email'],
  ['PATCH', '/profile', { userId: 'bob' }, ''],
  ['PATCH', '/profile', { $set: { userId: 'bob' } }, ''],
  ['PUT', '/settings', { theme: 'dark' }, 'language'],
  ['PUT', '/settings', { theme: 'pink', language: 'en' }, 'theme'],
];

describeChat(
  'validation',
  'what is not valid',
  (chat) => {
    it.each(QUERIES)('GET %s is a 400 that names what is wrong', async (path, issue) => {
      const user = await chat().user('alice');
      const answer = await user.get(path);
      expect(answer).toMatchObject({ status: 400, cache: 'bypass', body: { error: 'the request is not valid' } });
      expect(answer.body).toHaveProperty('issues', expect.arrayContaining([expect.objectContaining({ path: issue })]));
    });

    it.each(BODIES)('%s %s %j is a 400 that names what is wrong', async (method, path, body, issue) => {
      const user = await chat().user('alice');
      const answer = await user.send(method, path, body);
      expect(answer).toMatchObject({ status: 400, body: { error: 'the request is not valid' } });
      expect(answer.body).toHaveProperty('issues', expect.arrayContaining([expect.objectContaining({ path: issue })]));
    });

    it.each([
      { name: 'no JSON', text: '{"user":', type: 'application/json', status: 400 },
      { name: 'a form', text: 'user=alice', type: 'application/x-www-form-urlencoded', status: 400 },
      { name: 'too large', text: JSON.stringify({ user: 'x'.repeat(200_000) }), type: 'application/json', status: 413 },
      { name: 'in an unknown charset', text: '{}', type: 'application/json; charset=klingon', status: 415 },
    ])('a body that is $name is a $status', async ({ text, type, status }) => {
      const answer = await chat().client().sendText('POST', '/login', text, type);
      expect(answer).toMatchObject({ status, body: { error: expect.any(String) as string } });
      expect(answer.text).not.toContain('at ');
    });

    it.each(['/nowhere', '/conversations/x/y/z'])('GET %s is a 404', async (path) => {
      expect(await chat().client().get(path)).toMatchObject({ status: 404, body: { error: 'not found' } });
    });

    it('a path that is not UTF-8 is a 400', async () => {
      expect(await chat().client().get('/conversations/%E0%A4%A')).toMatchObject({ status: 400 });
    });

    it.each([
      ['GET', '/conversations'],
      ['POST', '/conversations'],
      ['GET', '/conversations/aaaaaaaaaaaaaaaaaaaaaaaa'],
      ['PATCH', '/conversations/aaaaaaaaaaaaaaaaaaaaaaaa'],
      ['DELETE', '/conversations/aaaaaaaaaaaaaaaaaaaaaaaa'],
      ['GET', '/conversations/aaaaaaaaaaaaaaaaaaaaaaaa/messages'],
      ['POST', '/conversations/aaaaaaaaaaaaaaaaaaaaaaaa/messages'],
      ['GET', '/profile'],
      ['PATCH', '/profile'],
      ['GET', '/settings'],
      ['PUT', '/settings'],
      ['GET', '/search?q=x'],
    ])('%s %s is a 401 for nobody', async (method, path) => {
      expect(await chat().client().send(method, path)).toMatchObject({ status: 401, cache: 'bypass' });
    });

    it('a PATCH of nothing changes nothing', async () => {
      const user = await chat().user('alice');
      expect(await user.send('PATCH', '/profile', {})).toMatchObject({ status: 200, body: { displayName: user.name } });
      await user.send('PATCH', '/profile', { displayName: 'Alice' });
      expect(await user.send('PATCH', '/profile', {})).toMatchObject({ status: 200, body: { displayName: 'Alice' } });
      expect(await user.get('/profile')).toMatchObject({
        body: { userId: user.name, displayName: 'Alice', email: null },
      });
    });

    it('a logout of nobody is fine', async () => {
      expect(await chat().client().send('POST', '/logout')).toMatchObject({ status: 204 });
    });

    it('an error of our own is a 500 that says nothing, and leaves the app as it was', async () => {
      const printed = vi.spyOn(console, 'error').mockImplementation(() => undefined);
      const user = await chat().user('alice');
      const id = await user.converse('talk');
      const messages = `/conversations/${id}/messages`;
      expect(await user.send('POST', messages, { text: 'fail' })).toMatchObject({
        status: 500,
        text: '{"error":"internal error"}',
      });
      expect(printed).toHaveBeenCalledOnce();
      printed.mockRestore();
      expect(await user.get(messages)).toMatchObject({ status: 200, body: [] });
      expect(await user.send('POST', messages, { text: 'again' })).toMatchObject({ status: 201 });
      expect(await user.get(messages)).toMatchObject({ cache: 'miss', body: [{ text: 'again' }, { text: 'fine' }] });
    });

    it('serves the page', async () => {
      const page = await chat().client().get('/');
      expect(page.status).toBe(200);
      expect(page.text).toContain('<title>mongo-chat</title>');
    });
  },
  failing,
);
