import request from 'supertest';
import type { Response as Answer } from 'supertest';
import { afterEach, describe, expect, it } from 'vitest';
import type { UserCacheOptions } from '../../src/index.js';
import { closePages, HOST, pages, type Pages, settings, userOf } from '../support/responses.js';

const FLEETING = ['date', 'connection', 'keep-alive', 'transfer-encoding', 'content-length'];

/** The headers that do not belong to one connection. */
const lasting = ({ headers }: Answer): Record<string, string> =>
  Object.fromEntries(Object.entries(headers as Record<string, string>).filter(([name]) => !FLEETING.includes(name)));

describe.each(settings)('cache.response on %s', (_, express, store) => {
  const started: Pages[] = [];
  afterEach(() => closePages(started.splice(0)));

  function demo(options: Partial<UserCacheOptions> = {}): Pages {
    const made = pages(express, { ...store(), ...options });
    started.push(made);
    return made;
  }
  const as = (user: string, { app }: Pages, path: string, headers: Record<string, string> = {}): Promise<Answer> =>
    request(app)
      .get(path)
      .set({ ...HOST, 'X-User': user, ...headers })
      .then((answer) => answer);

  it('gives each user the response that their own request made', async () => {
    const it = demo({ header: true });
    it.routes.get(
      '/report',
      it.cache.response({ namespace: 'pages' }),
      it.counted((req, res, run) => res.json({ of: userOf(req), run })),
    );
    for (const [round, said] of ['miss', 'hit'].entries()) {
      for (const [user, run] of [
        ['alice', 1],
        ['bob', 2],
      ] as const) {
        const answer = await as(user, it, '/report');
        expect(answer.body, `round ${round}`).toEqual({ of: user, run });
        expect(answer.get('X-User-Cache')).toBe(said);
        expect(answer.get('Cache-Control')).toBe('private, no-cache');
      }
    }
  });

  it('answers a hit as it answered the miss', async () => {
    const it = demo();
    const answers: Record<string, Parameters<Pages['counted']>[0]> = {
      '/json': (_req, res, run) => res.json({ run }),
      '/html': (_req, res, run) => res.send(`<p>${run} ä €</p>`),
      '/buffer': (_req, res, run) => res.type('png').send(Buffer.from([run, 0x89, 0xff, 0xfe, 0])),
      '/end': (_req, res, run) => res.end(`run ${run}`),
      '/empty': (_req, res) => res.end(),
      '/head': (_req, res, run) => res.writeHead(200, { 'Content-Type': 'text/csv' }).end(`run;${run}`),
      '/stream': (_req, res, run) => {
        res.type('txt').write('one ');
        res.write(Buffer.from('two '));
        res.write('dGhyZWUg', 'base64');
        res.end(String(run));
      },
      '/headers': (_req, res, run) =>
        res
          .set({ 'Content-Language': 'de', Link: '</a>; rel="next"', 'Last-Modified': 'Mon, 01 Jan 2024 00:00:00 GMT' })
          .attachment('report.csv')
          .json({ run }),
      '/utf16': (_req, res, run) => res.type('text/plain; charset=utf-16le').send(Buffer.from(`${run} ä`, 'utf16le')),
    };
    for (const [path, answer] of Object.entries(answers)) {
      it.routes.get(path, it.cache.response({ namespace: 'pages' }), it.counted(answer));
      const [miss, hit] = [await as('alice', it, path), await as('alice', it, path)];
      expect(hit.body, path).toEqual(miss.body);
      expect(hit.text, path).toBe(miss.text);
      // Of a stream it is known only at its end whether browsers may keep it.
      const { 'cache-control': said, etag: tag, ...rest } = lasting(hit);
      expect(lasting(miss), path).toMatchObject(rest);
      expect(said).toBe('private, no-cache');
      expect(tag, path).toBeDefined();
      if (path !== '/stream' && path !== '/head')
        expect(miss.headers).toMatchObject({ 'cache-control': said, etag: tag });
      else expect(miss.get('Cache-Control')).toBe('private, no-store');
    }
    expect(it.runs()).toBe(Object.keys(answers).length);
  });

  it('is forgotten by the prefix of its path, and with the user', async () => {
    const it = demo();
    const cached = it.cache.response({ namespace: 'pages' });
    it.routes.get(
      '/reports/:id',
      cached,
      it.counted((_req, res, run) => res.json(run)),
    );
    const alice = it.cache.forUser('alice');
    const see = async (path: string): Promise<unknown> => (await as('alice', it, path)).body as unknown;
    const seen = async (): Promise<unknown[]> => [await see('/reports/7?page=1'), await see('/reports/8')];
    expect(await seen()).toEqual([1, 2]);
    expect(await seen()).toEqual([1, 2]);
    await alice.invalidate(['pages', 'reports', '7']);
    expect(await seen()).toEqual([3, 2]);
    await alice.invalidate(['pages', 'reports']);
    expect(await seen()).toEqual([4, 5]);
    await alice.invalidate(['pages']);
    expect(await seen()).toEqual([6, 7]);
    await it.cache.invalidateUser('alice');
    expect(await seen()).toEqual([8, 9]);
    expect(await seen()).toEqual([8, 9]);
  });

  it('has the key that it is given', async () => {
    const it = demo();
    const key = (req: { params: Record<string, unknown> }): string[] => [String(req.params.id)];
    it.routes.get(
      '/a/:id',
      it.cache.response({ namespace: 'pages', key }),
      it.counted((_req, res, run) => res.json(run)),
    );
    it.routes.get(
      '/b/:id',
      it.cache.response({ namespace: 'pages', key }),
      it.counted((_req, res, run) => res.json(run)),
    );
    const seen = async (path: string): Promise<unknown> => (await as('alice', it, path)).body as unknown;
    expect(await seen('/a/7')).toBe(1);
    expect(await seen('/a/7?utm=x')).toBe(1);
    expect(await seen('/a/8')).toBe(2);
    // Another route that says the same key.
    expect(await seen('/b/7')).toBe(3);
    await it.cache.forUser('alice').invalidate(['pages', '7']);
    expect([await seen('/a/7'), await seen('/a/8'), await seen('/b/7')]).toEqual([4, 2, 5]);
  });

  it('is nobody’s where there is no user, or 401 if the options say so', async () => {
    const it = demo();
    it.routes.get(
      '/',
      it.cache.response({ namespace: 'pages' }),
      it.counted((_req, res, run) => res.json(run)),
    );
    for (const run of [1, 2]) {
      const answer = await request(it.app).get('/');
      expect(answer.body).toBe(run);
      expect(answer.get('Cache-Control')).toBe('private, no-store');
    }
    const strict = demo({ anonymous: 'reject' });
    strict.routes.get(
      '/',
      strict.cache.response({ namespace: 'pages' }),
      strict.counted((_req, res) => res.json('not for you')),
    );
    await request(strict.app).get('/').expect(401, { code: 'ERR_UC_NO_OWNER' });
    expect(strict.runs()).toBe(0);
  });

  it('asks browsers not to keep what is sensitive', async () => {
    const it = demo();
    it.routes.get(
      '/',
      it.cache.response({ namespace: 'secrets' }),
      it.counted((_req, res, run) => res.json(run)),
    );
    for (let i = 0; i < 2; i++) {
      const answer = await as('alice', it, '/');
      expect(answer.body).toBe(1);
      expect(answer.get('Cache-Control')).toBe('private, no-store');
    }
  });

  it('works where this process keeps copies', async () => {
    const it = demo();
    it.routes.get(
      '/',
      it.cache.response({ namespace: 'copies', ttl: '5m' }),
      it.counted((_req, res, run) => res.json(run)),
    );
    for (let i = 0; i < 3; i++) expect((await as('alice', it, '/')).body).toBe(1);
    await it.cache.forUser('alice').invalidate(['copies']);
    expect((await as('alice', it, '/')).body).toBe(2);
  });

  describe('a conditional request', () => {
    const counting = (): Pages => {
      const it = demo();
      it.routes.get(
        '/',
        it.cache.response({ namespace: 'pages' }),
        it.counted((_req, res) => res.json('the same')),
      );
      return it;
    };

    it('is answered 304 at a hit and at a miss, and the miss is stored whole', async () => {
      const it = counting();
      const tag = (await as('alice', it, '/')).get('ETag') ?? '';
      await it.cache.invalidateUser('alice');
      for (let i = 0; i < 2; i++) {
        const answer = await as('alice', it, '/', { 'If-None-Match': tag });
        expect(answer.status).toBe(304);
        expect(answer.text).toBe('');
        expect(answer.get('ETag')).toBe(tag);
        expect(answer.get('Cache-Control')).toBe('private, no-cache');
        expect(answer.headers).not.toHaveProperty('content-length');
      }
      expect((await as('alice', it, '/')).body).toBe('the same');
      expect(it.runs()).toBe(2);
    });

    it('with another tag is answered whole', async () => {
      const it = counting();
      for (let i = 0; i < 2; i++) {
        expect((await as('alice', it, '/', { 'If-None-Match': '"other"' })).body).toBe('the same');
      }
    });

    it("with another user's tag is answered with their own", async () => {
      const it = demo();
      it.routes.get(
        '/',
        it.cache.response({ namespace: 'pages' }),
        it.counted((req, res) => res.json(userOf(req))),
      );
      const tag = (await as('alice', it, '/')).get('ETag') ?? '';
      for (let i = 0; i < 2; i++) {
        expect((await as('bob', it, '/', { 'If-None-Match': tag })).body).toBe('bob');
      }
    });
  });

  it('answers HEAD from what GET stored, and stores nothing of its own', async () => {
    const it = demo();
    it.routes.get(
      '/',
      it.cache.response({ namespace: 'pages' }),
      it.counted((_req, res, run) => res.json(run)),
    );
    const head = (): Promise<Answer> =>
      request(it.app)
        .head('/')
        .set({ ...HOST, 'X-User': 'alice' })
        .then((answer) => answer);
    await head();
    expect(it.runs()).toBe(1);
    const get = await as('alice', it, '/');
    expect(get.body).toBe(2);
    const answer = await head();
    expect(it.runs()).toBe(2);
    for (const name of ['ETag', 'Content-Length', 'Content-Type', 'Cache-Control']) {
      expect(answer.get(name)).toBe(get.get(name));
    }
  });
});
