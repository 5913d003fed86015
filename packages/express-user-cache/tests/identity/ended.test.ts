import { once } from 'node:events';
import { request as httpRequest } from 'node:http';
import type { Request, Response } from 'express';
import request from 'supertest';
import { describe, expect, it } from 'vitest';
import { type UserCache, userCache, type UserCacheMiddleware } from '../../src/index.js';
import { eventsDuring } from '../support/events.js';
import { expresses, route, saysCode, served } from '../support/express.js';
import { deferred, held } from '../support/held.js';
import { until } from '../support/proof.js';

const namespaces = { profile: { ttl: 'short' }, search: { ttl: 'short' } } as const;
type Own = UserCache<typeof namespaces>;

const ended = expect.objectContaining({ code: 'ERR_UC_REQUEST_ENDED' }) as Error;
const of = (user: string): { 'x-user': string } => ({ 'x-user': user });

/** What returns or stores a value; `load` must not run where it throws. */
const passing: readonly (readonly [string, (own: Own, load: () => Promise<string>) => Promise<unknown>])[] = [
  ['get', (own) => own.get(['profile'])],
  ['getMany', (own) => own.getMany([['profile']])],
  ['getMany of nothing', (own) => own.getMany([])],
  ['getOrSet', (own, load) => own.getOrSet(['profile'], load)],
  ['set', (own) => own.set(['profile'], 'foreign')],
  ['writeThrough', (own, load) => own.writeThrough(['profile'], load)],
  ['get of a namespace', (own) => own.namespace('profile').get([])],
  ['getMany of a namespace', (own) => own.namespace('profile').getMany([[]])],
  ['getOrSet of a namespace', (own, load) => own.namespace('profile').getOrSet([], load)],
  ['set of a namespace', (own) => own.namespace('profile').set([], 'foreign')],
  ['writeThrough of a namespace', (own, load) => own.namespace('profile').writeThrough([], load)],
];

/** What only makes misses. */
const forgetting: readonly (readonly [string, (own: Own) => Promise<unknown>])[] = [
  ['invalidate', (own) => own.invalidate(['profile'])],
  ['invalidateAll', (own) => own.invalidateAll()],
  ['mutate', (own) => own.mutate(['profile'], () => 'written')],
  ['invalidate of a namespace', (own) => own.namespace('profile').invalidate([])],
];

describe.each(expresses)('%s: a handle that is kept', (_, express) => {
  interface Demo {
    readonly cache: UserCacheMiddleware<typeof namespaces>;
    readonly alice: Own;
    /** The handle of the request before, as a module variable would hold it. */
    kept: Own | undefined;
  }

  async function demo(
    handle: (req: Request, res: Response, demo: Demo) => Promise<unknown>,
    work: (demo: Demo, url: string) => Promise<void>,
  ): Promise<void> {
    await using cache = userCache({ namespaces, identify: (req) => req.get('x-user') });
    const app = express();
    const made: Demo = { cache, alice: cache.forUser('alice'), kept: undefined };
    app.use(cache);
    app.use(route((req, res) => handle(req, res, made)));
    app.use(saysCode);
    await served(app, (url) => work(made, url));
  }

  const keeping = async (req: Request, _res: Response, made: Demo): Promise<void> => {
    made.kept = req.userCache;
    await Promise.resolve();
  };

  /** Alice's request has been answered; hers was used in it, or not. */
  async function afterAlice(
    isUsed: boolean,
    work: (kept: Own, made: Demo, url: string) => Promise<void>,
  ): Promise<void> {
    const handle: typeof keeping = async (req, res, made) => {
      if (req.get('x-user') !== 'alice') return;
      await keeping(req, res, made);
      if (isUsed) await made.kept?.get(['profile']);
    };
    await demo(handle, async (made, url) => {
      await made.alice.set(['profile'], "alice's");
      await request(url).get('/').set(of('alice')).expect(200);
      if (!made.kept) throw new Error('the request was not served');
      await work(made.kept, made, url);
    });
  }

  describe.each([
    ['was used before', true],
    ['was never used before', false],
  ])('and %s', (_name, isUsed) => {
    it.each(passing)('has no %s for the next request', async (_method, use) => {
      await afterAlice(isUsed, async (kept, { alice }) => {
        const { load, calls } = held<string>();
        await expect(use(kept, load)).rejects.toThrow(ended);
        expect(calls()).toBe(0);
        expect(await alice.get(['profile'])).toBe("alice's");
      });
    });

    it.each(forgetting)('still has %s', async (_method, use) => {
      await afterAlice(isUsed, async (kept, { alice }) => {
        await use(kept);
        expect(await alice.get(['profile'])).toBeUndefined();
      });
    });
  });

  it('answers the next user with an error, and never with the data of the last', async () => {
    const handle = async (req: Request, res: Response, made: Demo): Promise<void> => {
      made.kept ??= req.userCache as unknown as Own;
      res.json(await made.kept.get(['profile']));
    };
    await demo(handle, async ({ alice }, url) => {
      await alice.set(['profile'], "alice's");
      expect((await request(url).get('/').set(of('alice'))).body).toBe("alice's");
      expect(await request(url).get('/').set(of('bob'))).toMatchObject({
        status: 500,
        body: { code: 'ERR_UC_REQUEST_ENDED' },
      });
    });
  });

  it('finishes what began before the end', async () => {
    const { load, started, release } = held<string>();
    const done = deferred<unknown>();
    const handle = async (req: Request, res: Response): Promise<void> => {
      const own = req.userCache as unknown as Own;
      const loading = own.getOrSet(['profile'], load);
      await started;
      res.end();
      loading.then(done.resolve, done.reject);
    };
    await demo(handle, async ({ alice }, url) => {
      await request(url).get('/').set(of('alice')).expect(200);
      release('loaded');
      expect(await done.promise).toBe('loaded');
      expect(await alice.get(['profile'])).toBe('loaded');
    });
  });

  it('does not concern what is shared', async () => {
    await using cache = userCache({ namespaces, shared: { config: { ttl: 'long' } }, identify: () => 'alice' });
    let kept: Request['sharedCache'] | undefined;
    const app = express();
    app.use(cache, (req, res) => {
      kept = req.sharedCache;
      res.end();
    });
    await request(app).get('/').expect(200);
    expect(await kept?.getOrSet(['config'], () => 'shared')).toBe('shared');
  });

  describe('by a client that went away', () => {
    /** The handler of Alice's request runs on after she has left. */
    async function whenGone(work: (own: Own, made: Demo) => Promise<void>): Promise<void> {
      const gone = deferred<Own>();
      const arrived = deferred<undefined>();
      const end = deferred<undefined>();
      const handle = async (req: Request, res: Response): Promise<void> => {
        arrived.resolve(undefined);
        await once(res, 'close');
        gone.resolve(req.userCache);
        await end.promise;
      };
      await demo(handle, async (made, url) => {
        await made.alice.set(['profile'], 'stored');
        const client = httpRequest(url, { headers: of('alice') });
        client.on('error', () => undefined).end();
        await arrived.promise;
        client.destroy();
        const own = await gone.promise;
        const events = await eventsDuring(() => work(own, made));
        expect(events.filter(({ type }) => type === 'store-error' || type === 'isolation')).toEqual([]);
        end.resolve(undefined);
      });
    }

    it('returns nothing that is stored', async () => {
      await whenGone(async (own) => {
        expect(await own.get(['profile'])).toBeUndefined();
        expect(await own.getMany([['profile']])).toEqual([undefined]);
      });
    });

    it('runs loads of its own, joins none and stores nothing', async () => {
      await whenGone(async (own, { alice }) => {
        const { load, started, release } = held<string>();
        const loading = alice.getOrSet(['search'], load);
        await started;
        expect(await own.getOrSet(['search'], () => 'own')).toBe('own');
        release("alice's");
        await loading;
        expect(await own.getOrSet(['profile'], () => 'own')).toBe('own');
        expect(await alice.get(['profile'])).toBe('stored');
      });
    });

    it('has no grace: what expired is as little its own', async () => {
      await whenGone(async (own, { alice }) => {
        await alice.set(['profile'], 'expired', { ttl: 1, grace: '1h' });
        await until(async () => (await alice.get(['profile'])) === undefined);
        const down = (): Promise<never> => Promise.reject(new Error('of the load'));
        expect(await alice.getOrSet(['profile'], down, { grace: '1h' })).toBe('expired');
        await expect(own.getOrSet(['profile'], down, { grace: '1h' })).rejects.toThrow('of the load');
      });
    });

    it('runs writes, and leaves nothing of before them', async () => {
      await whenGone(async (own, { alice }) => {
        expect(await own.writeThrough(['profile'], () => 'written')).toBe('written');
        expect(await alice.get(['profile'])).toBeUndefined();
        await alice.set(['profile'], 'stored');
        await own.set(['profile'], 'set');
        expect(await alice.get(['profile'])).toBeUndefined();
        await alice.set(['profile'], 'stored');
        expect(await own.mutate(['profile'], () => 'mutated')).toBe('mutated');
        expect(await alice.get(['profile'])).toBeUndefined();
      });
    });
  });
});
