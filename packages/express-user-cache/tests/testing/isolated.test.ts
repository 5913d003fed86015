import { AssertionError } from 'node:assert';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import express, { type Express, type Request, type RequestHandler } from 'express';
import session from 'express-session';
import { describe, expect, it } from 'vitest';
import { userCache } from '../../src/index.js';
import { expectIsolated, type IsolatedUser } from '../../src/testing/index.js';

const users: readonly IsolatedUser[] = ['alice', 'bob', 'carol'].map((name) => ({
  name,
  marks: [`${name}@example.org`, `"${name}'s" título`],
  headers: { 'x-user': name },
}));
const requests = ['/profile', { path: '/profile', body: { change: true } }];

const userOf = (req: Request): string => req.get('x-user') ?? 'nobody';
const profileOf = (req: Request): object => ({
  mail: `${userOf(req)}@example.org`,
  title: `"${userOf(req)}'s" título`,
});

/** An application with a profile, cached as `answer` says. */
function appWith(answer: RequestHandler): Express {
  const app = express();
  app.post('/profile', (_req, res) => void res.status(204).end());
  app.get('/profile', answer);
  return app;
}

const isolated: RequestHandler = (req, res, next) => {
  req.userCache.getOrSet(['profile'], () => profileOf(req)).then((profile) => res.json(profile), next);
};
const cached = (): Express => {
  const app = express();
  app.use(userCache({ identify: (req) => req.get('x-user'), namespaces: { profile: { ttl: 'short' } } }));
  app.use(appWith(isolated));
  return app;
};

const failure = async (app: Express, options = {}): Promise<AssertionError> => {
  const error: unknown = await expectIsolated(app, users, requests, options).catch((error: unknown) => error);
  expect(error).toBeInstanceOf(AssertionError);
  return error as AssertionError;
};

describe('expectIsolated', () => {
  it('passes an application whose users see only their own', async () => {
    // Three users and two requests in 3 + 3 rounds, and one GET as nobody after each.
    expect(await expectIsolated(cached(), users, requests)).toBe(3 * 2 * 6 + 6);
  });

  it('takes a server that listens, and its URL, and leaves it listening', async () => {
    const server = createServer(cached());
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    await expectIsolated(server, users, requests);
    await expectIsolated(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, users, requests);
    expect(server.listening).toBe(true);
    server.close();
  });

  it('logs users in', async () => {
    const app = express();
    app.use(session({ secret: 's', resave: false, saveUninitialized: false }));
    app.post('/login/:user', (req, res) => {
      req.session.userId = req.params.user;
      res.end();
    });
    app.get('/me', (req, res) => {
      res.set('Cache-Control', 'private').json({ me: `${req.session.userId ?? 'nobody'}@example.org` });
    });
    const withLogin = users.map(({ name }) => ({
      name,
      marks: [`${name}@example.org`],
      login: { method: 'POST', path: `/login/${name}` },
    }));
    await expectIsolated(app, withLogin, ['/me']);
  });

  it('finds a cache whose key is the URL', async () => {
    const byUrl = new Map<string, object>();
    const app = appWith((req, res) => {
      const profile = byUrl.get(req.url) ?? profileOf(req);
      byUrl.set(req.url, profile);
      res.set('Cache-Control', 'private').json(profile);
    });
    const { message } = await failure(app);
    expect(message).toBe("GET /profile as bob, in turn, was answered with 'alice@example.org' of alice in its body");
  });

  it('finds a load in flight that users share', async () => {
    let inFlight: Promise<object> | undefined;
    const app = appWith((req, res, next) => {
      inFlight ??= new Promise<object>((resolve) => {
        setImmediate(() => {
          resolve(profileOf(req));
          inFlight = undefined;
        });
      });
      inFlight.then((profile) => res.set('Cache-Control', 'private').json(profile), next);
    });
    expect((await failure(app)).message).toMatch(/all at once \(\d\), was answered with/);
  });

  it('finds a mark in a header, and percent-encoded', async () => {
    const app = appWith((req, res) => {
      const other = userOf(req) === 'alice' ? 'bob' : 'alice';
      res.set('Location', `/u?title=${encodeURIComponent(`"${other}'s" título`)}`).end();
    });
    expect((await failure(app)).message).toMatch(/of bob in its header location$/);
  });

  it('finds what nobody is shown', async () => {
    let last: object = {};
    const app = appWith((req, res) => {
      if (userOf(req) !== 'nobody') last = profileOf(req);
      res.set('Cache-Control', 'no-store').json(last);
    });
    expect((await failure(app)).message).toMatch(/as nobody, after in turn, was answered with/);
    await expectIsolated(app, users, requests, { nobody: false, rounds: 0 });
  });

  it.each([undefined, 'max-age=60', 'public, max-age=60', 'private, s-maxage=60'])(
    'finds Cache-Control: %s on what is a user’s own',
    async (header) => {
      const app = appWith((req, res) => {
        if (header !== undefined) res.set('Cache-Control', header);
        res.json(profileOf(req));
      });
      expect((await failure(app)).message).toMatch(/which lets a shared HTTP cache keep it$/);
      await expectIsolated(app, users, requests, { cacheControl: false });
    },
  );

  it('finds an error of the application', async () => {
    const app = appWith((_req, res) => void res.status(503).end());
    expect((await failure(app)).message).toMatch(/was answered 503$/);
  });

  it('fails where the requests prove nothing', async () => {
    const app = appWith((_req, res) => {
      res.redirect('/login');
    });
    expect((await failure(app)).message).toMatch(/^no answer to alice contained any of their marks/);
  });

  it.each<readonly [string, IsolatedUser[]]>([
    ['one user', users.slice(0, 1)],
    ['a user without marks', [{ name: 'a', marks: [] }, ...users]],
    ['a mark that is found by chance', [{ name: 'a', marks: ['1'] }, ...users]],
    ['a mark that is part of another user’s', [{ name: 'a', marks: ['alice'] }, ...users]],
  ])('refuses %s', async (_, bad) => {
    await expect(expectIsolated(cached(), bad, requests)).rejects.toThrow(TypeError);
  });
});
