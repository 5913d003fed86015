import compression from 'compression';
import type { Request, RequestHandler, Response } from 'express';
import request, { type Response as Answer } from 'supertest';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { CacheEvent, ResponseOptions, UserCacheOptions } from '../../src/index.js';
import { eventsDuring } from '../support/events.js';
import { expresses } from '../support/express.js';
import { HOST, pages, type Pages } from '../support/responses.js';

type Cause = Extract<CacheEvent, { type: 'unstorable' }>['cause'];

describe.each(expresses)('what cache.response does not store on %s', (_, express) => {
  const started: Pages[] = [];
  const warn = vi.spyOn(process, 'emitWarning');
  beforeEach(() => {
    warn.mockReset().mockImplementation(() => undefined);
  });
  afterEach(() => Promise.all(started.splice(0).map(({ cache }) => cache.close())));

  function demo(options: Partial<UserCacheOptions> = {}, before: RequestHandler[] = []): Pages {
    const made = pages(express, options, before);
    started.push(made);
    return made;
  }
  const ask = ({ app }: Pages, headers: Record<string, string> = {}, path = '/'): Promise<Answer> =>
    request(app)
      .get(path)
      .set({ ...HOST, 'X-User': 'alice', ...headers })
      .then((answer) => answer);
  const causesOf = (events: readonly CacheEvent[]): Cause[] =>
    events.flatMap((event) => (event.type === 'unstorable' ? [event.cause] : []));

  function route(
    made: Pages,
    answer: (req: Request, res: Response, run: number) => unknown,
    options: Omit<ResponseOptions<'pages'>, 'namespace'> = {},
  ): Pages {
    made.routes.get('/', made.cache.response({ namespace: 'pages', ...options }), made.counted(answer));
    return made;
  }

  const unstored: readonly (readonly [Cause, string, (req: Request, res: Response, run: number) => unknown])[] = [
    ['status', 'an error', (_req, res, run) => res.status(500).json(run)],
    ['status', 'a 404', (_req, res, run) => res.status(404).json(run)],
    [
      'status',
      'a redirect',
      (_req, res) => {
        res.redirect('/elsewhere');
      },
    ],
    ['status', 'a rejection', () => Promise.reject(new Error('expected'))],
    ['set-cookie', 'a cookie', (_req, res, run) => res.cookie('seen', 'yes').json(run)],
    [
      'set-cookie',
      'a cookie in writeHead',
      (_req, res, run) => res.writeHead(200, { 'Set-Cookie': 'a=b' }).end(`${run}`),
    ],
    ['cache-control', 'no-store', (_req, res, run) => res.set('Cache-Control', 'private, no-store').json(run)],
    [
      'cache-control',
      'private="…"',
      (_req, res, run) => res.set('Cache-Control', 'private="x-a", max-age=9').json(run),
    ],
    ['vary', 'Vary: *', (_req, res, run) => res.set('Vary', '*').json(run)],
    ['header', 'a header that entries do not hold', (_req, res, run) => res.set('X-Total', '3').json(run)],
    ['header', 'a header that was taken away', (_req, res, run) => (res.removeHeader('X-Powered-By'), res.json(run))],
    ['bytes', 'what is too long', (_req, res) => res.send('x'.repeat(5_000))],
    [
      'bytes',
      'a stream that is too long',
      (_req, res) => {
        for (let i = 0; i < 5; i++) res.write('x'.repeat(1_000));
        res.end();
      },
    ],
    [
      'content-length',
      'what is shorter than it says',
      (_req, res) => {
        res.writeHead(200, { 'Content-Length': 3 });
        res.write('ab');
        res.end();
        res.destroy();
      },
    ],
  ];
  it.each(unstored)('%s: %s', async (cause, _name, answer) => {
    const it = route(demo({ limits: { bytesPerEntry: 4_096 } }), answer);
    const events = await eventsDuring(async () => {
      for (let i = 0; i < 2; i++) {
        const given = await ask(it).catch(() => undefined);
        expect(given?.get('Cache-Control') ?? 'private').toMatch(/^private/);
        if (cause !== 'cache-control') expect(given?.get('Cache-Control') ?? 'no-store').toContain('no-store');
      }
    });
    expect(it.runs()).toBe(2);
    expect(causesOf(events)).toEqual([cause, cause]);
    expect(events.map(({ type }) => type)).not.toContain('fill');
  });

  it('the same answer is stored where the options say so', async () => {
    const missing = route(demo(), (_req, res, run) => res.status(404).json(run), { notFound: true });
    const total = route(demo(), (_req, res, run) => res.set('X-Total', '3').json(run), { headers: ['X-Total'] });
    for (let i = 0; i < 2; i++) {
      expect(await ask(missing)).toMatchObject({ status: 404, body: 1 });
      expect(await ask(total)).toMatchObject({ headers: { 'x-total': '3' }, body: 1 });
    }
  });

  it('requests other than GET and HEAD, and for a range, pass by', async () => {
    const it = demo();
    it.routes.all(
      '/',
      it.cache.response({ namespace: 'pages' }),
      it.counted((_req, res, run) => res.json(run)),
    );
    expect((await ask(it)).body).toBe(1);
    expect((await request(it.app).post('/').set('X-User', 'alice')).body).toBe(2);
    expect((await ask(it, { Range: 'bytes=0-0' })).body).toBe(3);
    expect((await ask(it)).body).toBe(1);
  });

  it('no response is answered to other headers than it varies by', async () => {
    const it = route(demo(), (req, res, run) => res.vary('Accept-Language').json([req.get('accept-language'), run]));
    const [de, fr, none] = [{ 'Accept-Language': 'de' }, { 'Accept-Language': 'fr' }, {}];
    expect((await ask(it, de)).body).toEqual(['de', 1]);
    const seen = [de, fr, none, { 'Accept-Language': '' }].map((headers, index) => [headers, index + 2] as const);
    for (let i = 0; i < 2; i++) {
      for (const [headers, run] of seen) {
        const answer = await ask(it, headers);
        expect((answer.body as unknown[])[1]).toBe(run);
        expect(answer.get('Vary')).toBe('Accept-Language');
      }
    }
  });

  it('no response is answered to another token of the same user', async () => {
    const it = route(demo(), (req, res) => res.json(req.get('authorization') ?? 'all'));
    for (let i = 0; i < 2; i++) {
      expect((await ask(it)).body).toBe('all');
      expect((await ask(it, { Authorization: 'Bearer narrow' })).body).toBe('Bearer narrow');
      expect((await ask(it, { Authorization: '' })).body).toBe('');
    }
    expect(it.runs()).toBe(3);
  });

  it('what another page of the entry’s namespace holds is not sent', async () => {
    const it = demo();
    const key = ['pages', { response: 'key', route: '/', headers: {} }] as const;
    await it.cache.forUser('alice').set(key, { status: 200, body: 'planted' });
    route(it, (_req, res, run) => res.json(run), { key: () => [] });
    expect((await ask(it)).body).toBe(1);
  });

  describe('compression', () => {
    const long = (run: number): string => `${run} ${'long '.repeat(400)}`;

    it('before the cache compresses hits and misses, for those who understand it', async () => {
      const it = route(demo({}, [compression()]), (_req, res, run) => res.send(long(run)));
      for (let i = 0; i < 2; i++) {
        expect(await ask(it, { 'Accept-Encoding': 'gzip' })).toMatchObject({
          text: long(1),
          headers: { 'content-encoding': 'gzip', vary: 'Accept-Encoding' },
        });
      }
      const plain = await ask(it, { 'Accept-Encoding': 'identity' });
      expect(plain.text).toBe(long(1));
      expect(plain.headers).not.toHaveProperty('content-encoding');
    });

    it('behind it is not stored, and warned of', async () => {
      const it = demo();
      it.routes.get(
        '/',
        it.cache.response({ namespace: 'pages' }),
        compression(),
        it.counted((_req, res, run) => res.send(long(run))),
      );
      const events = await eventsDuring(async () => {
        expect((await ask(it, { 'Accept-Encoding': 'gzip' })).text).toBe(long(1));
        expect((await ask(it, { 'Accept-Encoding': 'identity' })).text).toBe(long(2));
      });
      expect(causesOf(events)).toContain('content-encoding');
      expect(events.map(({ type }) => type)).not.toContain('hit');
    });
  });
});
