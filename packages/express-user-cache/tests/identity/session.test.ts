import type { Express, Request } from 'express';
import request from 'supertest';
import { describe, expect, it, vi } from 'vitest';
import { type UserCache, userCache, type UserCacheMiddleware } from '../../src/index.js';
import { expresses, route, saysCode, served, withSession } from '../support/express.js';
import { FaultyStore } from '../support/faulty-store.js';
import { deferred, held } from '../support/held.js';

const namespaces = { profile: { ttl: 'short' }, search: { ttl: 'short' } } as const;
type Own = UserCache<typeof namespaces>;

const regenerate = (req: Request): Promise<void> =>
  new Promise((resolve, reject) => {
    req.session.regenerate((error: unknown) => {
      if (error instanceof Error) reject(error);
      else resolve();
    });
  });
const destroy = (req: Request): Promise<void> =>
  new Promise((resolve, reject) => {
    req.session.destroy((error: unknown) => {
      if (error instanceof Error) reject(error);
      else resolve();
    });
  });
const login = async (req: Request, user: string): Promise<void> => {
  await regenerate(req);
  req.session.userId = user;
};

/** What makes a request of Alice somebody else's. */
const changes: readonly (readonly [string, (req: Request) => Promise<void>])[] = [
  ['a login as Bob', (req) => login(req, 'bob')],
  ['a regenerated session', regenerate],
  ['a destroyed session', destroy],
  [
    'an impersonation of Bob',
    async (req) => {
      await Promise.resolve();
      req.session.userId = 'bob';
    },
  ],
];

/** Every call, with the change while it waits for the application. */
const during: readonly (readonly [string, (own: Own, change: () => Promise<string>) => Promise<unknown>])[] = [
  ['getOrSet', (own, change) => own.getOrSet(['profile'], change)],
  ['writeThrough', (own, change) => own.writeThrough(['profile'], change)],
  ['mutate', (own, change) => own.mutate(['profile'], change)],
];

/** Every call, as it waits for the store. */
const waiting: readonly (readonly [string, (own: Own) => Promise<unknown>])[] = [
  ['get', (own) => own.get(['profile'])],
  ['getMany', (own) => own.getMany([['profile'], ['search']])],
  ['getOrSet', (own) => own.getOrSet(['profile'], () => 'loaded for whom?')],
  ['set', (own) => own.set(['profile'], 'set for whom?')],
  ['writeThrough', (own) => own.writeThrough(['profile'], () => 'written for whom?')],
  ['mutate', (own) => own.mutate(['profile'], () => 'written for whom?')],
  ['invalidate', (own) => own.invalidate(['profile'])],
  ['invalidateAll', (own) => own.invalidateAll()],
];

describe.each(expresses)('%s with express-session', (_, express) => {
  interface Demo {
    readonly app: Express;
    readonly cache: UserCacheMiddleware<typeof namespaces>;
    readonly store: FaultyStore;
    /** The handler of the route `/`. */
    handle: (req: Request, own: Own) => Promise<unknown>;
  }

  async function demo(work: (demo: Demo, url: string) => Promise<void>): Promise<void> {
    const store = new FaultyStore();
    await using cache = userCache({ namespaces, store });
    const app = express();
    const made: Demo = { app, cache, store, handle: () => Promise.resolve() };
    app.use(withSession(), cache);
    app.post(
      '/login/:user',
      route((req) => login(req, String(req.params.user))),
    );
    app.post(
      '/logout',
      route(async (req) => {
        const { userId = '' } = req.session;
        await destroy(req);
        await cache.invalidateUser(userId);
      }),
    );
    app.get(
      '/',
      route(async (req, res) => {
        res.json((await made.handle(req, req.userCache)) ?? null);
      }),
    );
    app.use(saysCode);
    await served(app, (url) => work(made, url));
  }

  const signIn = async (url: string, user = 'alice'): Promise<ReturnType<typeof request.agent>> => {
    const agent = request.agent(url);
    await agent.post(`/login/${user}`).expect(200);
    return agent;
  };

  const nobodyHasAnything = async ({ cache }: Demo): Promise<void> => {
    for (const user of ['alice', 'bob']) expect(await cache.forUser(user).get(['profile'])).toBeUndefined();
  };

  // The first of all: a warning is given once in the life of a process.
  it('a session that was destroyed is no mistake in the order of middleware', async () => {
    const warn = vi.spyOn(process, 'emitWarning').mockImplementation(() => undefined);
    try {
      await demo(async (made, url) => {
        made.handle = async (req, own) => {
          await destroy(req);
          return own.getOrSet(['profile'], () => "nobody's");
        };
        await (await signIn(url)).get('/').expect(200, JSON.stringify("nobody's"));
      });
      expect(JSON.stringify(warn.mock.calls)).not.toContain('ERR_UC_MOUNTED_BEFORE_SESSION');
    } finally {
      warn.mockRestore();
    }
  });

  describe.each(changes)('%s', (_name, change) => {
    it.each(during)('while %s waits for its work throws, and stores for neither', async (_method, use) => {
      await demo(async (made, url) => {
        made.handle = (req, own) =>
          use(own, async () => {
            await change(req);
            return 'loaded for whom?';
          });
        expect(await (await signIn(url)).get('/')).toMatchObject({
          status: 500,
          body: { code: 'ERR_UC_OWNER_CHANGED' },
        });
        await nobodyHasAnything(made);
      });
    });

    it.each(waiting)('while %s waits for the store throws, and stores for neither', async (_method, use) => {
      await demo(async (made, url) => {
        const { store, cache } = made;
        for (const user of ['alice', 'bob']) await cache.forUser(user).set(['search'], user);
        made.handle = async (req, own) => {
          const { promise, resolve } = deferred<undefined>();
          store.fault = () => promise;
          const using = use(own);
          // It may reject before the change is complete.
          using.catch(() => undefined);
          await change(req);
          store.fault = () => undefined;
          resolve(undefined);
          return using;
        };
        expect(await (await signIn(url)).get('/')).toMatchObject({
          status: 500,
          body: { code: 'ERR_UC_OWNER_CHANGED' },
        });
        await nobodyHasAnything(made);
      });
    });

    it.each(waiting)('before a second call, %s, throws and asks the store for nothing', async (_method, use) => {
      await demo(async (made, url) => {
        let asked = 0;
        made.handle = async (req, own) => {
          await own.get(['profile']);
          await change(req);
          asked = made.store.asked.length;
          return use(own);
        };
        expect(await (await signIn(url)).get('/')).toMatchObject({
          status: 500,
          body: { code: 'ERR_UC_OWNER_CHANGED' },
        });
        expect(made.store.asked).toHaveLength(asked);
        await nobodyHasAnything(made);
      });
    });
  });

  it('an invalidation that was sent before the change is carried out all the same', async () => {
    await demo(async (made, url) => {
      const { store, cache } = made;
      await cache.forUser('alice').set(['profile'], 'old');
      made.handle = async (req, own) => {
        const { promise, resolve } = deferred<undefined>();
        store.fault = () => promise;
        const invalidating = own.invalidate(['profile']);
        await login(req, 'bob');
        store.fault = () => undefined;
        resolve(undefined);
        await invalidating;
      };
      expect(await (await signIn(url)).get('/')).toMatchObject({ status: 500, body: { code: 'ERR_UC_OWNER_CHANGED' } });
      expect(await cache.forUser('alice').get(['profile'])).toBeUndefined();
    });
  });

  it('a session that is regenerated for the same user goes on: that is how to raise what it may do', async () => {
    await demo(async (made, url) => {
      made.handle = (req, own) =>
        own.getOrSet(['profile'], async () => {
          await login(req, 'alice');
          return "alice's";
        });
      await (await signIn(url)).get('/').expect(200, JSON.stringify("alice's"));
      expect(await made.cache.forUser('alice').get(['profile'])).toBe("alice's");
    });
  });

  describe('two requests of one session', () => {
    it('of which one logs out while the other loads: it gets its own, and nothing is stored', async () => {
      await demo(async (made, url) => {
        const { load, started, release } = held<string>();
        made.handle = (_req, own) => own.getOrSet(['profile'], load);
        const agent = await signIn(url);
        const loading = agent.get('/').then((response) => response);
        await started;
        await agent.post('/logout').expect(200);
        release("alice's");
        expect((await loading).body).toBe("alice's");
        await nobodyHasAnything(made);
      });
    });

    it('of which one logs out while the other writes: nothing of before the write is left', async () => {
      await demo(async (made, url) => {
        const { load, started, release } = held<string>();
        await made.cache.forUser('alice').set(['profile'], 'old');
        made.handle = (_req, own) => own.mutate(['profile'], load);
        const agent = await signIn(url);
        const writing = agent.get('/').then((response) => response);
        await started;
        await agent.post('/logout').expect(200);
        const reading = made.cache.forUser('alice').getOrSet(['profile'], () => 'read while it was written');
        expect(await reading).toBe('read while it was written');
        release('written');
        expect((await writing).body).toBe('written');
        await nobodyHasAnything(made);
      });
    });

    it('of which one logs in as Bob while the other loads for Alice: each has their own', async () => {
      await demo(async (made, url) => {
        const { load, started, release } = held<string>();
        made.handle = (req, own) => own.getOrSet(['profile'], req.session.userId === 'bob' ? () => "bob's" : load);
        const agent = await signIn(url);
        const loading = agent.get('/').then((response) => response);
        await started;
        await agent.post('/login/bob').expect(200);
        expect((await agent.get('/')).body).toBe("bob's");
        release("alice's");
        expect((await loading).body).toBe("alice's");
        expect(await made.cache.forUser('bob').get(['profile'])).toBe("bob's");
        expect(await made.cache.forUser('alice').get(['profile'])).toBe("alice's");
      });
    });
  });
});
