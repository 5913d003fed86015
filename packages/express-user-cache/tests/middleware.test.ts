import type { Express, Request, RequestHandler, Response, Router } from 'express';
import type { SessionData } from 'express-session';
import request from 'supertest';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { userCache, type UserCacheMiddleware, type UserCacheOptions } from '../src/index.js';
import { expresses, saysCode, withSession } from './support/express.js';
import { deferred, held } from './support/held.js';

const namespaces = { profile: { ttl: 'short' }, conversation: { ttl: 'short' } } as const;
const shared = { config: { ttl: 'long' } } as const;

describe.each(expresses)('%s', (_, express) => {
  const caches: UserCacheMiddleware[] = [];
  afterEach(() => Promise.all(caches.splice(0).map((cache) => cache.close())));

  interface Demo {
    readonly app: Express;
    /** Where a test adds routes of its own, before the error handler. */
    readonly routes: Router;
    readonly cache: UserCacheMiddleware<typeof namespaces, typeof shared>;
    /** How many loads ran. */
    readonly loads: () => number;
  }

  /** An application with a login, and one cached route whose load names the user it ran for. */
  function demo(options: Partial<UserCacheOptions> = {}, before: RequestHandler[] = [withSession()]): Demo {
    const cache = userCache({ ...options, namespaces, shared });
    caches.push(cache);
    let count = 0;
    const app = express();
    app.use(...before, cache);
    app.post('/login/:user', (req, res, next) => {
      req.session.regenerate((error) => {
        if (error) {
          next(error);
          return;
        }
        req.session.userId = req.params.user;
        res.end();
      });
    });
    app.get('/profile', (req, res, next) => {
      req.userCache
        .getOrSet(['profile'], () => {
          count += 1;
          return { of: req.get('x-user') ?? (req as Partial<Request>).session?.userId ?? 'nobody', load: count };
        })
        .then((profile) => res.json(profile), next);
    });
    app.get('/config', (req, res, next) => {
      req.sharedCache.getOrSet(['config'], () => ({ load: ++count })).then((config) => res.json(config), next);
    });
    const routes = express.Router();
    app.use(routes);
    app.use(saysCode);
    return { app, routes, cache, loads: () => count };
  }

  const login = async (app: Express, user: string): Promise<ReturnType<typeof request.agent>> => {
    const agent = request.agent(app);
    await agent.post(`/login/${encodeURIComponent(user)}`).expect(200);
    return agent;
  };

  it('gives two users on one URL each their own', async () => {
    const { app, loads } = demo();
    const [alice, bob] = [await login(app, 'alice'), await login(app, 'bob')];
    for (let i = 0; i < 2; i++) {
      expect((await alice.get('/profile')).body).toEqual({ of: 'alice', load: 1 });
      expect((await bob.get('/profile')).body).toEqual({ of: 'bob', load: 2 });
    }
    expect(loads()).toBe(2);
  });

  it('gives two sessions of one user the same', async () => {
    const { app } = demo();
    const [here, there] = [await login(app, 'alice'), await login(app, 'alice')];
    await here.get('/profile');
    expect((await there.get('/profile')).body).toEqual({ of: 'alice', load: 1 });
  });

  it('shares what is shared', async () => {
    const { app } = demo();
    const [alice, bob] = [await login(app, 'alice'), await login(app, 'bob')];
    await alice.get('/config');
    expect((await bob.get('/config')).body).toEqual({ load: 1 });
  });

  it('forgets a user from outside', async () => {
    const { app, cache } = demo();
    const [alice, bob] = [await login(app, 'alice'), await login(app, 'bob')];
    await alice.get('/profile');
    await bob.get('/profile');
    await cache.invalidateUser('alice');
    expect((await alice.get('/profile')).body).toEqual({ of: 'alice', load: 3 });
    expect((await bob.get('/profile')).body).toEqual({ of: 'bob', load: 2 });
  });

  describe('identity', () => {
    const identities: readonly (readonly [string, (req: Request) => void])[] = [
      ['session.userId', (req) => (req.session.userId = 'alice')],
      ['session.user.id', (req) => (req.session.user = { id: 'alice' })],
      ['user.id, as passport puts it', (req) => Object.assign(req, { user: { id: 'alice' } })],
      ['the id 0', (req) => (req.session.userId = 0)],
    ];
    it.each(identities)('is found in %s', async (_name, put) => {
      const { app, loads } = demo({}, [
        withSession(),
        (req, _res, next) => {
          put(req);
          next();
        },
      ]);
      await request(app).get('/profile').expect(200);
      await request(app).get('/profile').expect(200);
      expect(loads()).toBe(1);
    });

    it('is what identify says', async () => {
      const { app, cache } = demo({ identify: (req) => req.get('x-user') }, []);
      await request(app).get('/profile').set('x-user', 'alice').expect(200);
      expect(await cache.forUser('alice').get(['profile'])).toEqual({ of: 'alice', load: 1 });
      expect(await cache.forUser('bob').get(['profile'])).toBeUndefined();
    });

    it.each([
      ['an empty string', ''],
      ['NaN', NaN],
      ['an object', { id: 1 }],
      ['a lone surrogate', '\ud800'],
      ['a boolean', true],
    ])('that is %s is an error', async (_name, id) => {
      const { app } = demo({ identify: () => id as string });
      await request(app).get('/profile').expect(500, { code: 'ERR_UC_BAD_OWNER' });
    });
  });

  describe('nobody', () => {
    it('by default loads each time, and is warned of once', async () => {
      const warn = vi.spyOn(process, 'emitWarning').mockImplementation(() => undefined);
      try {
        const { app, loads } = demo();
        await request(app).get('/profile').expect(200);
        await request(app).get('/profile').expect(200);
        expect(loads()).toBe(2);
        const bare = demo({}, []);
        await request(bare.app).get('/profile').expect(200);
        const codes = warn.mock.calls.map(([, options]) => (options as { code?: string }).code);
        // Once a process: the other version of Express may have been warned already.
        expect(codes.length).toBe(new Set(codes).size);
        for (const code of codes) expect(['ERR_UC_NO_OWNER', 'ERR_UC_MOUNTED_BEFORE_SESSION']).toContain(code);
      } finally {
        warn.mockRestore();
      }
    });

    it('has no effect with the other methods either', async () => {
      const { app, routes, cache } = demo();
      routes.get('/all', (req, res, next) => {
        const mine = req.userCache;
        Promise.all([
          mine.set(['profile'], 1),
          mine.get(['profile']),
          mine.invalidate(['profile']),
          mine.invalidateAll(),
          mine.mutate(['profile'], () => 'mutated'),
          mine.writeThrough(['profile'], () => 'written'),
        ]).then((results) => res.json(results), next);
      });
      expect((await request(app).get('/all')).body).toEqual([null, null, null, null, 'mutated', 'written']);
      expect(await cache.forUser('undefined').get(['profile'])).toBeUndefined();
    });

    it('is rejected with 401 where the options say so', async () => {
      const { app, loads } = demo({ anonymous: 'reject' });
      await request(app).get('/profile').expect(401, { code: 'ERR_UC_NO_OWNER' });
      expect(loads()).toBe(0);
    });

    it('has a bucket of the session where the options say so', async () => {
      const { app, loads } = demo({ anonymous: 'session' });
      const [one, two] = [request.agent(app), request.agent(app)];
      await one.get('/profile');
      await one.get('/profile');
      expect(loads()).toBe(1);
      await two.get('/profile');
      expect(loads()).toBe(2);
    });
  });

  describe('an owner that changes', () => {
    type Switch = readonly [name: string, change: (session: Partial<SessionData>) => void];
    const switches: readonly Switch[] = [
      ['login as somebody else', (s) => (s.userId = 'bob')],
      ['logout', (s) => delete s.userId],
    ];
    /** Where the switch happens: before the call, or while it waits. */
    it.each(switches)('by %s during a load throws, and stores for neither', async (_name, change) => {
      const { app, routes, cache } = demo();
      routes.get('/switch', (req, res, next) => {
        req.userCache
          .getOrSet(['conversation', 1], () => {
            change(req.session);
            return 'loaded for whom?';
          })
          .then((value) => res.json(value), next);
      });
      const alice = await login(app, 'alice');
      await alice.get('/switch').expect(500, { code: 'ERR_UC_OWNER_CHANGED' });
      for (const user of ['alice', 'bob']) expect(await cache.forUser(user).get(['conversation', 1])).toBeUndefined();
    });

    it.each(switches)('by %s between two calls throws', async (_name, change) => {
      const { app, routes } = demo();
      routes.get('/switch', (req, res, next) => {
        req.userCache
          .get(['profile'])
          .then(() => {
            change(req.session);
            return req.userCache.get(['profile']);
          })
          .then((value) => res.json(value), next);
      });
      await (await login(app, 'alice')).get('/switch').expect(500, { code: 'ERR_UC_OWNER_CHANGED' });
    });

    it('during a mutate throws after the write, and leaves no hold', async () => {
      const { app, routes, cache } = demo();
      let written = false;
      routes.get('/switch', (req, res, next) => {
        req.userCache
          .mutate(['profile'], () => {
            req.session.userId = 'bob';
            written = true;
          })
          .then((value) => res.json(value), next);
      });
      await (await login(app, 'alice')).get('/switch').expect(500, { code: 'ERR_UC_OWNER_CHANGED' });
      expect(written).toBe(true);
      const alice = cache.forUser('alice');
      await alice.getOrSet(['profile'], () => 'stored');
      expect(await alice.get(['profile'])).toBe('stored');
    });

    it('is no matter before the first use', async () => {
      const { app, routes } = demo();
      routes.get('/late', (req, res, next) => {
        req.session.userId = 'bob';
        req.userCache.getOrSet(['profile'], () => "bob's").then((value) => res.json(value), next);
      });
      await (await login(app, 'alice')).get('/late').expect(200, JSON.stringify("bob's"));
    });

    it('does not fail those who joined the load: they load for themselves', async () => {
      const { app, routes } = demo();
      const [first, started] = [deferred<string>(), deferred<undefined>()];
      const joined = deferred<undefined>();
      routes.get('/lead', (req, res, next) => {
        req.userCache
          .getOrSet(['conversation', 1], async () => {
            started.resolve(undefined);
            const value = await first.promise;
            req.session.userId = 'bob';
            return value;
          })
          .then((value) => res.json(value), next);
      });
      routes.get('/join', (req, res, next) => {
        const read = req.userCache.getOrSet(['conversation', 1], () => "alice's own");
        req.userCache.get(['profile']).then(() => {
          joined.resolve(undefined);
        }, next);
        read.then((value) => res.json(value), next);
      });
      const [here, there] = [await login(app, 'alice'), await login(app, 'alice')];
      const leading = here.get('/lead').then((response) => response);
      await started.promise;
      const joining = there.get('/join').then((response) => response);
      await joined.promise;
      first.resolve("loaded as bob's");
      expect((await leading).body).toEqual({ code: 'ERR_UC_OWNER_CHANGED' });
      expect((await joining).body).toBe("alice's own");
    });

    it('does not show those who joined the load what it failed with: it may have run for somebody else', async () => {
      const cache = userCache({ namespaces: { conversation: { ttl: 'short' } } });
      const req = { session: { userId: 'alice' } } as unknown as Request;
      cache(req, { headersSent: false, hasHeader: () => true } as unknown as Response, () => undefined);
      const first = held<string>();
      const leading = req.userCache.getOrSet(['conversation', 1], first.load);
      await first.started;
      const joining = cache.forUser('alice').getOrSet(['conversation', 1], () => "alice's own");
      // The joiner has looked once a read that was sent after its own is answered.
      await cache.forUser('alice').get(['conversation', 2]);
      Object.assign(req, { session: { userId: 'bob' } });
      first.fail(new Error('no conversation 1 of bob'));
      await expect(leading).rejects.toMatchObject({ code: 'ERR_UC_OWNER_CHANGED' });
      expect(await joining).toBe("alice's own");
    });
  });

  describe('headers', () => {
    it('say what the cache did, if asked to', async () => {
      const { app, routes } = demo({ header: true });
      routes.get('/nothing', (_req, res) => res.end());
      routes.get('/both', (req, res, next) => {
        Promise.all([req.userCache.get(['profile']), req.sharedCache.get(['config'])]).then(
          (both) => res.json(both),
          next,
        );
      });
      const alice = await login(app, 'alice');
      const said = async (path: string): Promise<string | undefined> => (await alice.get(path)).get('X-User-Cache');
      expect(await said('/nothing')).toBe('bypass');
      expect(await said('/profile')).toBe('miss');
      expect(await said('/profile')).toBe('hit');
      expect(await said('/both')).toBe('miss');
      await said('/config');
      expect(await said('/both')).toBe('hit');
      expect((await request(app).get('/profile')).get('X-User-Cache')).toBe('bypass');
    });

    it('say nothing by default', async () => {
      const { app } = demo();
      expect((await (await login(app, 'alice')).get('/profile')).headers).not.toHaveProperty('x-user-cache');
    });

    it('keep browsers and proxies from storing what the user cache answered', async () => {
      const { app, routes } = demo();
      routes.get('/own', (req, res, next) => {
        res.set('Cache-Control', 'private, max-age=5');
        req.userCache.get(['profile']).then(() => res.end(), next);
      });
      const alice = await login(app, 'alice');
      expect((await alice.get('/profile')).get('Cache-Control')).toBe('private, no-store');
      expect((await alice.get('/own')).get('Cache-Control')).toBe('private, max-age=5');
      expect((await alice.get('/config')).headers).not.toHaveProperty('cache-control');
      const off = demo({ cacheControl: false });
      expect((await (await login(off.app, 'alice')).get('/profile')).headers).not.toHaveProperty('cache-control');
    });
  });

  it('does not trust a cache that is on the request already', async () => {
    const { app } = demo({ identify: () => 'alice' }, [
      (req, _res, next) => {
        Object.assign(req, { userCache: { getOrSet: () => Promise.resolve('planted') } });
        next();
      },
    ]);
    expect((await request(app).get('/profile')).body).toEqual({ of: 'nobody', load: 1 });
  });
});
