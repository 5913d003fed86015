import { expectIsolated } from 'express-user-cache/testing';
import { expect, it } from 'vitest';
import { describeChat } from './support/suite.js';

describeChat('isolated', 'every route', (chat) => {
  it('shows two users, who ask for the same at the same time, only what is theirs', async () => {
    const users = await Promise.all(
      ['alice', 'bob'].map(async (name) => {
        const user = await chat().user(name);
        const secret = `the secret of ${user.name}`;
        const id = await user.converse(secret);
        return { name: user.name, marks: [secret], id, login: { path: '/login', body: { user: user.name } } };
      }),
    );
    const reads = ['/conversations', '/search?q=secret', '/profile', '/settings', '/config', '/lookup/countries'];
    const ids = users.flatMap(({ id }) => [`/conversations/${id}`, `/conversations/${id}/messages`]);
    const judged = await expectIsolated(chat().address, users, [
      ...reads,
      ...ids,
      { method: 'PATCH', path: '/profile', body: { displayName: 'anybody' } },
      ...reads,
    ]);
    expect(judged).toBeGreaterThan(100);
  });
});
