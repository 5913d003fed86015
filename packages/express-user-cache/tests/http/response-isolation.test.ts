import { describe, expect, it } from 'vitest';
import { expectIsolated } from '../../src/testing/index.js';
import { pages, settings, userOf } from '../support/responses.js';

const users = ['alice', 'bob', 'carol'].map((name) => ({
  name,
  marks: [`the-mark-of-${name}`],
  headers: { 'X-User': name },
}));

describe.each(settings)('cache.response on %s', (_, express, store) => {
  it('shows no user what is another’s, whatever the path', { timeout: 30_000 }, async () => {
    const { app, cache, routes, counted } = pages(express, store());
    const answer = counted((req, res) => res.vary('Accept').json({ mark: `the-mark-of-${userOf(req) ?? 'nobody'}` }));
    routes.get('/shared-key', cache.response({ namespace: 'pages', key: () => ['the same for all'] }), answer);
    routes.get('/sealed', cache.response({ namespace: 'secrets' }), answer);
    routes.get('/copied', cache.response({ namespace: 'copies' }), answer);
    routes.use(cache.response({ namespace: 'pages' }), answer);
    try {
      const paths = [
        '/',
        '/a?b=1',
        '/a?b[]=1&__proto__=2',
        '/shared-key',
        '/sealed',
        '/copied',
        '/a/%2e%2e/:{*}',
        '/%00?%ff',
      ];
      const varied = { path: '/a', headers: { Accept: 'application/json', 'If-None-Match': '*' } };
      expect(await expectIsolated(app, users, [...paths, varied])).toBeGreaterThan(100);
    } finally {
      await Promise.all(users.map(({ name }) => cache.invalidateUser(name)));
      await cache.close();
    }
  });
});
