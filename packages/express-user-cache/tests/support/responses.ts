import type { Express, NextFunction, Request, RequestHandler, Response, Router } from 'express';
import type express5 from 'express';
import { Redis } from 'ioredis';
import { randomUUID } from 'node:crypto';
import { userCache, type UserCacheMiddleware, type UserCacheOptions } from '../../src/index.js';
import { PATIENT } from './caches.js';
import { expresses, saysCode } from './express.js';
import { redisUrl } from './redis.js';

const namespaces = {
  pages: { ttl: 'medium' },
  secrets: { ttl: 'medium', sensitive: true },
  copies: { ttl: 'medium', l1: 'validated' },
  profile: { ttl: 'short' },
} as const;

type PageCache = UserCacheMiddleware<typeof namespaces>;

/** An application whose routes a test adds; the header `X-User` says who asks. */
export interface Pages {
  readonly app: Express;
  readonly cache: PageCache;
  readonly routes: Router;
  /** How often a handler ran. */
  readonly runs: () => number;
  /** A handler that counts itself. */
  readonly counted: (answer: (req: Request, res: Response, run: number) => unknown) => RequestHandler;
}

const SECRET = 'a secret of the tests, which is long enough';

/** Every version of Express, over every store. */
export const settings: readonly (readonly [string, typeof express5, () => Partial<UserCacheOptions>])[] =
  expresses.flatMap(([name, express]) => [
    [`${name}, memory`, express, () => ({})] as const,
    ...(redisUrl === ''
      ? []
      : [
          [
            `${name}, Redis`,
            express,
            () => ({
              redis: new Redis(redisUrl, { lazyConnect: true }),
              app: randomUUID().slice(0, 18),
              deadlines: PATIENT,
            }),
          ] as const,
        ]),
  ]);

/** Every request of a test reaches a port of its own, which is part of the host that a browser names. */
export const HOST = { Host: 'app.example' } as const;

export const userOf = (req: Request): string | undefined => req.get('x-user');

export function pages(
  express: typeof express5,
  options: Partial<UserCacheOptions> = {},
  before: readonly RequestHandler[] = [],
): Pages {
  const cache = userCache({ identify: userOf, secret: SECRET, jitter: 0, ...options, namespaces });
  const app = express();
  const routes = express.Router();
  app.use(...before, cache, routes, (error: { code?: string }, req: Request, res: Response, next: NextFunction) => {
    if (res.headersSent) next(error);
    else saysCode(error, req, res, next);
  });
  let runs = 0;
  const counted: Pages['counted'] = (answer) => (req, res, next) => {
    runs += 1;
    Promise.resolve(answer(req, res, runs)).catch(next);
  };
  return { app, cache, routes, runs: () => runs, counted };
}

/** Ends their caches, and leaves nothing of their users behind. */
export async function closePages(started: readonly Pages[]): Promise<void> {
  await Promise.all(
    started.map(async ({ cache }) => {
      await Promise.all(['alice', 'bob'].map((user) => cache.invalidateUser(user)));
      await cache.close();
    }),
  );
}
