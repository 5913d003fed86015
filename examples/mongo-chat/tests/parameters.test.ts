import { expect, it } from 'vitest';
import { describeChat } from './support/suite.js';

describeChat('parameters', 'parameters of a read', (chat) => {
  it.each([
    { parameter: 'page', paths: ['/conversations?page=1&size=1', '/conversations?page=2&size=1'] },
    { parameter: 'size', paths: ['/conversations?page=1&size=1', '/conversations?page=1&size=2'] },
    { parameter: 'q', paths: ['/search?q=first', '/search?q=second', '/search?q=secon'] },
    {
      parameter: 'from',
      paths: ['/search?q=first&from=2020-01-01', '/search?q=first&from=2999-01-01', '/search?q=first'],
    },
    { parameter: 'to', paths: ['/search?q=first&to=2020-01-01', '/search?q=first&to=2999-01-01'] },
    { parameter: 'from or to', paths: ['/search?q=first&from=2021-01-01', '/search?q=first&to=2021-01-01'] },
    { parameter: 'page of a search', paths: ['/search?q=first&page=1', '/search?q=first&page=2'] },
  ])('$parameter makes a different entry', async ({ paths }) => {
    const user = await chat().user('carol');
    await user.converse('first');
    await user.converse('second');
    for (const path of paths) expect(await user.get(path), path).toMatchObject({ status: 200, cache: 'miss' });
    for (const path of paths) expect(await user.get(path), path).toMatchObject({ status: 200, cache: 'hit' });
    const answers = await Promise.all(paths.map(async (path) => (await user.get(path)).text));
    expect(new Set(answers).size, 'answers').toBeGreaterThan(1);
  });

  it.each([
    { name: 'the order of parameters', paths: ['/conversations?page=1&size=2', '/conversations?size=2&page=1'] },
    { name: 'what is left out and has a default', paths: ['/conversations', '/conversations?page=1&size=20'] },
    { name: 'how a number is written', paths: ['/search?q=x&page=2', '/search?q=x&page=02'] },
  ])('$name makes no different entry', async ({ paths: [one = '', other = ''] }) => {
    const user = await chat().user('carol');
    expect(await user.get(one)).toMatchObject({ status: 200, cache: 'miss' });
    expect(await user.get(other)).toMatchObject({ status: 200, cache: 'hit' });
  });
});
