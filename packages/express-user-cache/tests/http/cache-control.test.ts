import { join } from 'node:path';
import type { Express, NextFunction, Request, Response, Router } from 'express';
import request from 'supertest';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { UserCacheMiddleware } from '../../src/index.js';
import { expresses, route } from '../support/express.js';

const FILE = join(import.meta.dirname, '..', '..', 'package.json');

describe.each(expresses)('Cache-Control on %s', (_, express) => {
  const caches: UserCacheMiddleware[] = [];
  const warn = vi.spyOn(process, 'emitWarning');
  beforeEach(() => {
    warn.mockReset().mockImplementation(() => undefined);
    // A warning is given once a process.
    vi.resetModules();
  });
  afterEach(() => Promise.all(caches.splice(0).map((cache) => cache.close())));

  async function demo(add: (routes: Router) => void): Promise<Express> {
    const { userCache } = await import('../../src/index.js');
    const cache = userCache({ identify: () => 'alice', namespaces: { profile: { ttl: 'short' } } });
    caches.push(cache);
    const app = express();
    const routes = express.Router();
    add(routes);
    app.use(cache, routes);
    return app;
  }

  const touch = (req: Request): Promise<unknown> => req.userCache.getOrSet(['profile'], () => 'of alice');
  const warnings = (): unknown[] => warn.mock.calls.map(([, options]) => (options as { code?: string }).code);

  const answers: readonly (readonly [string, (req: Request, res: Response) => unknown])[] = [
    [
      'a stream',
      (_req, res) => {
        res.write('a');
        res.end('b');
      },
    ],
    [
      'a file',
      (_req, res) => {
        res.sendFile(FILE);
      },
    ],
    [
      'a redirect',
      (_req, res) => {
        res.redirect('/elsewhere');
      },
    ],
    [
      'a download',
      (_req, res) => {
        res.download(FILE);
      },
    ],
    ['what writeHead sends', (_req, res) => res.writeHead(200, { 'Content-Type': 'text/plain' }).end('a')],
    ['what writeHead sends from a list', (_req, res) => res.writeHead(200, ['Content-Type', 'text/plain']).end('a')],
  ];
  it.each(answers)('keeps %s from being stored', async (_name, answer) => {
    const app = await demo((routes) => {
      routes.get(
        '/',
        route(async (req, res) => {
          await touch(req);
          answer(req, res);
          await new Promise((resolve) => res.once('close', resolve));
        }),
      );
    });
    expect((await request(app).get('/')).get('Cache-Control')).toBe('private, no-store');
    expect((await request(app).head('/')).get('Cache-Control')).toBe('private, no-store');
    expect(warnings()).toEqual([]);
  });

  it('stays on an error, and on what is not modified', async () => {
    const app = await demo((routes) => {
      const touched = route(async (req, res) => {
        await touch(req);
        if (req.path === '/error') throw new Error('expected');
        res.json('of alice');
      });
      routes.get(['/', '/error'], touched);
      routes.use((_error: Error, _req: Request, res: Response, _next: NextFunction) => res.sendStatus(500));
    });
    expect((await request(app).get('/error').expect(500)).get('Cache-Control')).toBe('private, no-store');
    const first = await request(app).get('/').expect(200);
    const second = await request(app)
      .get('/')
      .set('If-None-Match', first.get('ETag') ?? '')
      .expect(304);
    expect(second.get('Cache-Control')).toBe('private, no-store');
  });

  it('is put back where the headers were cleared', async () => {
    const app = await demo((routes) => {
      routes.get(
        '/',
        route((req) => touch(req).then(() => Promise.reject(new Error('expected')))),
      );
      routes.use((_error: Error, _req: Request, res: Response, _next: NextFunction) => {
        for (const name of res.getHeaderNames()) res.removeHeader(name);
        res.status(500).end('sorry, alice');
      });
    });
    expect((await request(app).get('/').expect(500)).get('Cache-Control')).toBe('private, no-store');
  });

  it.each(['public, max-age=60', 'max-age=60', 'private, s-maxage=60', 'no-cache', 'Public'])(
    'warns once of %s, whether it is said before or after',
    async (said) => {
      const app = await demo((routes) => {
        routes.get('/before', (_req, res, next) => {
          res.set('Cache-Control', said);
          next();
        });
        routes.get(
          ['/before', '/after'],
          route(async (req, res) => {
            await touch(req);
            if (req.path === '/after') res.set('Cache-Control', said);
            res.json('of alice');
          }),
        );
      });
      for (const path of ['/before', '/after']) {
        expect((await request(app).get(path)).get('Cache-Control')).toBe(said);
        expect(warnings()).toEqual(['ERR_UC_PUBLIC_RESPONSE']);
      }
    },
  );

  it.each(['private, max-age=5', 'no-store', 'PRIVATE'])('lets %s stand', async (said) => {
    const app = await demo((routes) => {
      routes.get(
        '/',
        route(async (req, res) => {
          await touch(req);
          res.set('Cache-Control', said).json('of alice');
        }),
      );
    });
    expect((await request(app).get('/')).get('Cache-Control')).toBe(said);
    expect(warnings()).toEqual([]);
  });

  it('warns where the head was sent before the cache was used', async () => {
    const app = await demo((routes) => {
      routes.get(
        '/',
        route(async (req, res) => {
          res.write('<p>');
          res.end(await touch(req));
        }),
      );
    });
    await request(app).get('/').expect(200);
    expect(warnings()).toEqual(['ERR_UC_PUBLIC_RESPONSE']);
  });
});
