import fc from 'fast-check';
import { expect, it } from 'vitest';
import { type Salt, type UserId, userCache, type UserCacheMiddleware } from '../../src/index.js';
import { namespaces } from '../support/caches.js';
import { PATIENCE, SEED, sized } from '../support/proof.js';
import { SaltTable } from '../support/salts.js';
import { ScheduledStore } from '../support/scheduled-store.js';

const KEY = ['conversation', 1] as const;
const OPERATIONS = ['get', 'getOrSet', 'set', 'writeThrough', 'mutate', 'invalidateAll'] as const;

type Cache = UserCacheMiddleware<typeof namespaces>;

/** A database each of whose answers waits, before it is looked up and on its way back. */
function scheduled(table: SaltTable, scheduler: fc.Scheduler): Pick<SaltTable, 'read' | 'erase'> {
  const turn = (): Promise<void> => scheduler.schedule(Promise.resolve(), 'salts');
  return {
    read: async (id: UserId): Promise<Salt | null | undefined> => {
      await turn();
      const salt = await table.read(id);
      await turn();
      return salt;
    },
    erase: async (id) => {
      await turn();
      await table.erase(id);
      await turn();
    },
  };
}

async function operate(cache: Cache, operation: (typeof OPERATIONS)[number], scheduler: fc.Scheduler): Promise<void> {
  const alice = cache.forUser('alice');
  const load = (): Promise<string> => scheduler.schedule(Promise.resolve('loaded'), 'load');
  if (operation === 'get') await alice.get(KEY);
  else if (operation === 'getOrSet') await alice.getOrSet(KEY, load);
  else if (operation === 'set') await alice.set(KEY, 'set');
  else if (operation === 'writeThrough') await alice.writeThrough(KEY, load);
  else if (operation === 'mutate') await alice.mutate(KEY, load);
  else await alice.invalidateAll();
}

it('an erasure between any two awaits of other processes leaves nothing stored', { timeout: PATIENCE }, async () => {
  let [stored, refused] = [0, 0];
  await fc.assert(
    fc.asyncProperty(
      fc.scheduler(),
      fc.array(fc.constantFrom(...OPERATIONS), { minLength: 1, maxLength: 4 }),
      fc.boolean(),
      async (scheduler, operations, isWarm) => {
        const store = new ScheduledStore(scheduler);
        const fill = store.fill.bind(store);
        store.fill = async (bucket, offered) => {
          const isStored = await fill(bucket, offered);
          if (isStored) stored += 1;
          else refused += 1;
          return isStored;
        };
        const table = new SaltTable('alice');
        const salts = scheduled(table, scheduler);
        const start = (): Cache => userCache({ store, salts, secret: 's'.repeat(32), namespaces });
        const [here, there, later] = [start(), start(), start()];
        const salt = table.rows.get('alice') ?? null;
        // So that the salt is known elsewhere.
        if (isWarm) await scheduler.waitFor(there.forUser('alice').set(KEY, 'warm'));
        const work = operations.map((operation, i) =>
          operate([there, here, there][i % 3] ?? there, operation, scheduler),
        );
        await scheduler.waitFor(Promise.all([here.eraseUser('alice'), ...work]));
        // What is left of them would open now.
        table.rows.set('alice', salt);
        expect(await scheduler.waitFor(later.forUser('alice').get(KEY))).toBeUndefined();
      },
    ),
    { seed: SEED, numRuns: sized(300, 20_000) },
  );
  expect(Math.min(stored, refused)).toBeGreaterThan(20);
});
