import type { Request, Response } from 'express';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { userCache, UserCacheError, type UserCacheMiddleware } from '../../src/index.js';
import { namespaces } from '../support/caches.js';
import { PATIENCE, prove, SEED, sized } from '../support/proof.js';
import { ScheduledStore } from '../support/scheduled-store.js';

interface Session {
  userId?: string | undefined;
}

const OPERATIONS = ['get', 'getOrSet', 'set', 'writeThrough', 'mutate', 'getMany', 'invalidate'] as const;
const KEY = ['conversation', 1] as const;
/** What may happen to a session between two awaits. A user who comes back to who they were is the one case it leaves out. */
const SWITCHES = ['login', 'logout', 'destroy', 'regenerate', 'impersonate'] as const;

const request = fc.record({
  user: fc.constantFrom('alice', 'bob'),
  operations: fc.array(fc.constantFrom(...OPERATIONS), { minLength: 1, maxLength: 3 }),
  change: fc.option(fc.constantFrom(...SWITCHES), { nil: undefined }),
});

interface Seen {
  requests: number;
  operations: number;
  'owners changed': number;
  foreign: number;
  'other errors': number;
}

/** One request: what its operations return is its first user's, or the one error there is for it. */
async function serve(
  cache: UserCacheMiddleware<typeof namespaces>,
  scheduler: fc.Scheduler,
  { user, operations, change }: typeof request extends fc.Arbitrary<infer R> ? R : never,
  seen: Seen,
): Promise<void> {
  const session: Session = { userId: user };
  const req = { session, sessionID: 'id' } as unknown as Request;
  const res = { headersSent: false, hasHeader: () => true } as unknown as Response;
  cache(req, res, () => undefined);
  // As loads in applications do, it asks the session whose data to load, after it has waited.
  const load = async (): Promise<{ owner: string | undefined }> => {
    await scheduler.schedule(Promise.resolve(), 'load');
    const { userId } = (req as unknown as { session?: Session }).session ?? {};
    await scheduler.schedule(Promise.resolve(), 'loaded');
    return { owner: userId ?? 'nobody' };
  };
  const own = req.userCache;
  const run: Readonly<Record<(typeof OPERATIONS)[number], () => Promise<unknown>>> = {
    get: () => own.get(KEY),
    getMany: () => own.getMany([KEY, ['profile']]),
    getOrSet: () => own.getOrSet(KEY, load),
    set: () => own.set(KEY, { owner: user }),
    writeThrough: () => own.writeThrough(KEY, load),
    mutate: async () => {
      await own.mutate(KEY, load);
    },
    invalidate: () => own.invalidate(KEY),
  };
  const switching =
    change &&
    scheduler.schedule(Promise.resolve(change), 'switch').then((kind) => {
      if (kind === 'logout') delete session.userId;
      else if (kind === 'destroy') Object.assign(req, { session: undefined });
      else if (kind === 'regenerate') Object.assign(req, { session: {} });
      else if (kind === 'impersonate') session.userId = 'carol';
      else Object.assign(req, { session: { userId: 'dave' } });
    });
  // The handle is pinned by its first use, which is before the switch.
  await own.get(['profile']).catch(() => undefined);
  await Promise.all(
    operations.map(async (operation) => {
      seen.operations += 1;
      try {
        for (const value of [await run[operation]()].flat()) {
          if (value === undefined) continue;
          // Neither what is another's, nor what was one's own before the request became another's.
          const now = (req as unknown as { session?: Session }).session?.userId;
          const { owner } = value as { owner: string };
          if (owner !== user || owner !== now) seen.foreign += 1;
        }
      } catch (error) {
        if (error instanceof UserCacheError && error.code === 'ERR_UC_OWNER_CHANGED') seen['owners changed'] += 1;
        else seen['other errors'] += 1;
      }
    }),
  );
  await switching;
}

it('a session that becomes somebody else’s between any two awaits', { timeout: PATIENCE }, async () => {
  const seen: Seen = { requests: 0, operations: 0, 'owners changed': 0, foreign: 0, 'other errors': 0 };
  await prove('session switch', 'requests that change hands', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.scheduler(),
        fc.array(request, { minLength: 2, maxLength: 4 }),
        fc.boolean(),
        async (scheduler, requests, isWarm) => {
          const store = new ScheduledStore(scheduler);
          const cache = userCache({ store, namespaces });
          const warming = (isWarm ? ['alice', 'bob'] : []).map((user) => cache.forUser(user).set(KEY, { owner: user }));
          await scheduler.waitFor(Promise.all(warming));
          seen.requests += requests.length;
          const served = Promise.all(requests.map((one) => serve(cache, scheduler, one, seen)));
          await scheduler.waitFor(served);
          // Nothing may be stored for anybody but whom it names.
          const after = Promise.all(
            ['alice', 'bob', 'carol', 'dave'].map(async (user) => {
              const value = await cache.forUser(user).get(KEY);
              if (value !== undefined && (value as { owner: string }).owner !== user) seen.foreign += 1;
            }),
          );
          await scheduler.waitFor(after);
          expect(seen).toMatchObject({ foreign: 0, 'other errors': 0 });
        },
      ),
      { seed: SEED, numRuns: sized(300, 5_000) },
    );
    return { runs: seen.requests, violations: seen.foreign + seen['other errors'], ...seen };
  });
  expect(seen['owners changed']).toBeGreaterThan(seen.requests / 10);
});
