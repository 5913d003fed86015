import { request as ask } from 'node:http';
import type { Response } from 'express';
import { afterEach, describe, expect, it } from 'vitest';
import { served } from '../support/express.js';
import { deferred } from '../support/held.js';
import { closePages, pages, type Pages, settings, userOf } from '../support/responses.js';

describe.each(settings)('a handler that runs, on %s', (_, express, store) => {
  const started: Pages[] = [];
  afterEach(() => closePages(started.splice(0)));

  /** One route whose handlers wait for the test; `next(run)` is the response of the run with this number. */
  function demo(identify = userOf): Pages & { readonly next: (run: number) => Promise<Response> } {
    const made = pages(express, { ...store(), identify });
    started.push(made);
    const responses = [1, 2, 3, 4].map(() => deferred<Response>());
    made.routes.get(
      '/',
      made.cache.response({ namespace: 'pages' }),
      made.counted((_req, res, run) => {
        responses[run - 1]?.resolve(res);
      }),
    );
    return { ...made, next: (run) => responses[run - 1]?.promise ?? Promise.reject(new Error('no such run')) };
  }
  const as = async (user: string, url: string): Promise<{ status: number; body: string }> => {
    const response = await fetch(url, { headers: { 'X-User': user } });
    return { status: response.status, body: await response.text() };
  };
  /** Until so many requests wait for a handler or run one: each has been answered a read of the store by then. */
  const settled = async (url: string, probe: Pages): Promise<void> => {
    await probe.cache.forUser('carol').get(['profile']);
    await fetch(`${url}/nowhere`);
    await probe.cache.forUser('carol').get(['profile']);
  };

  it('answers all who ask meanwhile, if they are the same user', async () => {
    const it = demo();
    await served(it.app, async (url) => {
      const first = as('alice', url);
      const res = await it.next(1);
      const waiting = [as('alice', url), as('alice', url)];
      const bob = as('bob', url);
      (await it.next(2)).send('of bob');
      expect((await bob).body).toBe('of bob');
      await settled(url, it);
      res.send('of alice');
      for (const answer of [await first, ...(await Promise.all(waiting))]) expect(answer.body).toBe('of alice');
      expect(it.runs()).toBe(2);
    });
  });

  it('answers only its own request where its response is not to be stored', async () => {
    const it = demo();
    await served(it.app, async (url) => {
      const first = as('alice', url);
      const res = await it.next(1);
      const second = as('alice', url);
      await settled(url, it);
      res.status(500).send('failed');
      expect(await first).toEqual({ status: 500, body: 'failed' });
      (await it.next(2)).send('better');
      expect(await second).toEqual({ status: 200, body: 'better' });
    });
  });

  it('stores nothing that was invalidated meanwhile, and answers nobody who asks after that', async () => {
    const it = demo();
    await served(it.app, async (url) => {
      const first = as('alice', url);
      const res = await it.next(1);
      await it.cache.forUser('alice').invalidate(['pages']);
      const second = as('alice', url);
      (await it.next(2)).send('new');
      expect((await second).body).toBe('new');
      res.send('old');
      expect((await first).body).toBe('old');
      expect((await as('alice', url)).body).toBe('new');
    });
  });

  it('stores for nobody where the user changed before its response', async () => {
    let user = 'alice';
    const it = demo(() => user);
    await served(it.app, async (url) => {
      const first = as('alice', url);
      const res = await it.next(1);
      user = 'bob';
      res.send('for whom?');
      expect((await first).body).toBe('for whom?');
      for (const [index, name] of ['bob', 'alice'].entries()) {
        user = name;
        const later = as(name, url);
        (await it.next(index + 2)).send(name);
        expect((await later).body).toBe(name);
      }
    });
  });

  it('stores for nobody where the user changed only while it sent its response', async () => {
    let user = 'alice';
    const it = demo(() => user);
    await served(it.app, async (url) => {
      const first = as('alice', url);
      const res = await it.next(1);
      user = 'bob';
      res.send('for bob');
      // Before anything that waits has gone on.
      user = 'alice';
      await first;
      const later = as('alice', url);
      const handled = it.next(2).then((response) => {
        response.send('for alice');
        return later;
      });
      expect((await Promise.race([later, handled])).body).toBe('for alice');
    });
  });

  it('leaves those who wait to themselves where its client goes away', async () => {
    const it = demo();
    await served(it.app, async (url) => {
      const leading = ask(url, { headers: { 'X-User': 'alice' } }).on('error', () => undefined);
      leading.end();
      const res = await it.next(1);
      const gone = new Promise((resolve) => res.once('close', resolve));
      const second = as('alice', url);
      await settled(url, it);
      leading.destroy();
      await gone;
      (await it.next(2)).send('whole');
      expect((await second).body).toBe('whole');
      // What it sends then, nobody gets.
      res.send('late');
      const later = as('alice', url);
      (await it.next(3)).send('new');
      expect((await later).body).toBe('new');
    });
  });
});
