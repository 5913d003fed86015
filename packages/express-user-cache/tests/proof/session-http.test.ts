import type { Request } from 'express';
import request from 'supertest';
import { describe, expect, it } from 'vitest';
import { type UserCache, userCache } from '../../src/index.js';
import { namespaces } from '../support/caches.js';
import { expresses, route, saysCode, served, withSession } from '../support/express.js';
import { PATIENCE, prove, random, sized } from '../support/proof.js';

const USERS = ['alice', 'bob', 'carol'] as const;
const KEY = ['conversation', 1] as const;
const BROWSERS = 6;

/** Whose request it is now; nobody's is `nobody`, whose bucket there is none of. */
const userOf = (req: Request): string => String((req as Partial<Request>).session?.userId ?? 'nobody');

const turns = async (): Promise<void> => {
  for (let i = random.between(0, 3); i > 0; i--) await new Promise((resolve) => setImmediate(resolve));
};

/** The changes that a handler makes to its own session in the middle of its work. */
const CHANGES: Readonly<Record<string, (req: Request) => Promise<void>>> = {
  none: () => Promise.resolve(),
  login: (req) =>
    new Promise((resolve) => {
      req.session.regenerate(() => {
        req.session.userId = random.oneOf(USERS);
        resolve();
      });
    }),
  regenerate: (req) =>
    new Promise((resolve) => {
      req.session.regenerate(() => {
        resolve();
      });
    }),
  destroy: (req) =>
    new Promise((resolve) => {
      req.session.destroy(() => {
        resolve();
      });
    }),
  impersonate: async (req) => {
    await turns();
    req.session.userId = random.oneOf(USERS);
  },
};

type Own = UserCache<typeof namespaces>;

const OPERATIONS: Readonly<Record<string, (own: Own, load: () => Promise<{ owner: string }>) => Promise<unknown>>> = {
  get: (own) => own.get(KEY),
  getOrSet: (own, load) => own.getOrSet(KEY, load),
  writeThrough: (own, load) => own.writeThrough(KEY, load),
  mutate: async (own, load) => {
    await own.mutate(KEY, load);
  },
  invalidate: (own) => own.invalidate(KEY),
};

describe.each(expresses)('%s', (name, express) => {
  it('browsers with several tabs each, which log in and out while they load', { timeout: PATIENCE }, async () => {
    const seen = { requests: 0, values: 0, 'owners changed': 0, foreign: 0, 'other answers': 0 };
    await prove('session switch', `${name}, over HTTP`, async () => {
      await using cache = userCache({ namespaces });
      const app = express();
      app.use(withSession(), cache);
      app.get(
        '/:operation/:change',
        route(async (req, res) => {
          const operate = OPERATIONS[String(req.params.operation)];
          const change = CHANGES[String(req.params.change)];
          if (!operate || !change) throw new Error('no such route');
          const own = req.userCache as unknown as Own;
          const user = userOf(req);
          await own.get(['profile']);
          // As loads in applications do, it asks the session whose data to load, after it has waited.
          const load = async (): Promise<{ owner: string }> => {
            await turns();
            const owner = userOf(req);
            await turns();
            return { owner };
          };
          const [value] = await Promise.all([operate(own, load), turns().then(() => change(req))]);
          if (value !== undefined) {
            seen.values += 1;
            // The change may have come right after the value: it was its user's when it was returned.
            if ((value as { owner: string }).owner !== user) seen.foreign += 1;
          }
          res.json({});
        }),
      );
      app.use(saysCode);
      await served(app, async (url) => {
        const browsers = Array.from({ length: BROWSERS }, () => request.agent(url));
        const visit = async (browser: (typeof browsers)[number], operation: string, change: string): Promise<void> => {
          const answer = await browser.get(`/${operation}/${change}`);
          seen.requests += 1;
          if ((answer.body as { code?: string }).code === 'ERR_UC_OWNER_CHANGED') seen['owners changed'] += 1;
          else if (answer.status !== 200) seen['other answers'] += 1;
        };
        for (let round = 0; round < sized(25, 1_000); round++) {
          // What was logged out logs in again, or soon nobody would be cached.
          const back = browsers.filter(() => round === 0 || random.between(0, 1) === 0);
          await Promise.all(back.map((browser) => visit(browser, 'get', 'login')));
          const tabs = [...browsers, ...browsers, ...browsers].map((browser) => {
            const change = random.between(1, 5) <= 2 ? 'none' : random.oneOf(Object.keys(CHANGES));
            return visit(browser, random.oneOf(Object.keys(OPERATIONS)), change);
          });
          await Promise.all(tabs);
          for (const user of USERS) {
            const value = await cache.forUser(user).get(KEY);
            if (value !== undefined && (value as { owner: string }).owner !== user) seen.foreign += 1;
          }
        }
      });
      return { runs: seen.requests, violations: seen.foreign + seen['other answers'], ...seen };
    });
    expect(seen).toMatchObject({ foreign: 0, 'other answers': 0 });
    expect(seen['owners changed']).toBeGreaterThan(seen.requests / 50);
    expect(seen.values).toBeGreaterThan(seen.requests / 10);
  });
});
