import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { RedisStore, userCache, type UserCacheMiddleware } from '../../src/index.js';
import { PATIENT } from '../support/caches.js';
import { eventsDuring, nextEvent } from '../support/events.js';
import { PATIENCE, until } from '../support/proof.js';
import { type ClusterNode, clusterClients, describeWithCluster } from '../support/redis-cluster.js';

const namespaces = { bounded: { ttl: '1h', l1: 'bounded' } } as const;
type Cache = UserCacheMiddleware<typeof namespaces>;
/** Nothing here is heard of because it was asked for again. */
const MAX_STALE = 600_000;
const key = ['bounded', 1] as const;

describeWithCluster('bounded copies on a cluster', (cluster) => {
  describe.each(clusterClients)('with %s', (_, connect) => {
    let app: string;
    let users: string[];
    let here: Cache;
    let elsewhere: Cache;
    const start = (maxStale: number): Cache =>
      userCache({ redis: connect(cluster()), app, namespaces, l1: { maxStale }, deadlines: PATIENT });
    beforeEach(async () => {
      app = randomUUID().slice(0, 18);
      users = Array.from({ length: 16 }, (_user, n) => `user-${n}`);
      [here, elsewhere] = [start(MAX_STALE), start(MAX_STALE)];
      await Promise.all([here.ready(), elsewhere.ready()]);
    });
    afterEach(async () => {
      await Promise.all(users.map((user) => elsewhere.invalidateUser(user)));
      await Promise.all([here.close(), elsewhere.close()]);
    });

    const keyOf = (user: string): string => `uc:1:{${app}/${user}}`;
    const load = async (cache: Cache): Promise<void> => {
      await Promise.all(users.map((user) => cache.forUser(user).getOrSet(key, () => 'old')));
    };
    /** Whether every user's copy is returned, and nobody is asked. */
    const isBounded = async (cache: Cache): Promise<boolean> => {
      const asked = await cluster().callsOf('hmget');
      const values = await Promise.all(users.map((user) => cache.forUser(user).get(key)));
      return values.every((value) => value !== undefined) && (await cluster().callsOf('hmget')) === asked;
    };
    /** Loads what is missing until it is so again: whoever reads learns where the primaries are. */
    const boundedAgain = (cache: Cache): Promise<void> =>
      until(async () => {
        await load(cache);
        return isBounded(cache);
      });
    const gone = (cache: Cache, user: string): Promise<void> =>
      until(async () => (await cache.forUser(user).get(key)) === undefined);
    const busEvents = async (work: () => Promise<unknown>): Promise<unknown[]> =>
      (await eventsDuring(work)).filter(({ type }) => type === 'bus');
    const listeners = async ({ admin }: ClusterNode): Promise<number> =>
      ((await admin.pubsub('NUMSUB', `uc:1:bus:${app}`)) as [string, number])[1];
    /** Resolves when both processes have followed: whoever reads is redirected, and learns where the primaries are. */
    const followed = async (expected: readonly (readonly [ClusterNode, number])[]): Promise<void> => {
      await until(async () => {
        // A copy of its own would not be read.
        await Promise.all([here, elsewhere].map((cache) => cache.forUser(randomUUID()).get(key)));
        await Promise.all([here, elsewhere].map(load));
        const counts = await Promise.all(expected.map(([node]) => listeners(node)));
        return counts.every((count, index) => count === expected[index]?.[1]);
      });
      await boundedAgain(here);
    };
    const lost = { type: 'bus', state: 'lost' };

    it('are gone once an invalidation in another process is heard of, whatever the primary', async () => {
      await load(here);
      expect(await isBounded(here)).toBe(true);
      expect(await Promise.all((await cluster().primaries()).map(listeners))).toEqual([2, 2, 2]);
      for (const user of users) {
        await elsewhere.forUser(user).invalidate(key);
        await gone(here, user);
      }
    });

    it('are gone once a connection that listens to any of the primaries is cut', async () => {
      for (const { admin } of await cluster().primaries()) {
        await boundedAgain(here);
        const cut = await busEvents(async () => {
          await admin.call('CLIENT', 'KILL', 'TYPE', 'pubsub');
          await until(async () => !(await isBounded(here)));
        });
        expect(cut).toContainEqual(lost);
      }
      await boundedAgain(here);
    });

    it('stay while their slot moves, and are heard of from the new owner', async () => {
      await load(here);
      const [user = ''] = users;
      const [slot, from] = [await cluster().slotOf(keyOf(user)), await cluster().primaryOf(keyOf(user))];
      const to = (await cluster().primaries()).find((node) => node !== from) ?? from;
      const events = await busEvents(async () => {
        await cluster().migrate(slot, to, async () => {
          expect(await isBounded(here)).toBe(true);
        });
        expect(await isBounded(here)).toBe(true);
        await elsewhere.forUser(user).invalidate(key);
        await gone(here, user);
        await load(here);
      });
      expect(events).toEqual([]);
      expect(await isBounded(here)).toBe(true);
      await cluster().migrate(slot, from);
    });

    it('are gone with their primary, and back with the replica that takes over', { timeout: PATIENCE }, async () => {
      await load(here);
      const [user = ''] = users;
      const primary = await cluster().primaryOf(keyOf(user));
      let replica = primary;
      const events = await busEvents(async () => {
        replica = await cluster().kill(primary);
      });
      expect(events).toContainEqual(lost);
      await followed([[replica, 2]]);
      await elsewhere.forUser(user).invalidate(key);
      await gone(here, user);
      await primary.server.start();
      await cluster().healthy();
      expect(await listeners(primary)).toBe(0);
    });

    it('are gone when a primary becomes a replica', { timeout: PATIENCE }, async () => {
      await load(here);
      const [user = ''] = users;
      const primary = await cluster().primaryOf(keyOf(user));
      const replica = await cluster().replicaOf(primary);
      const events = await busEvents(async () => {
        await cluster().takeOver(replica);
        await followed([
          [primary, 0],
          [replica, 2],
        ]);
      });
      expect(events).toContainEqual(lost);
      await elsewhere.forUser(user).invalidate(key);
      await gone(here, user);
      await cluster().healthy();
    });

    it('are gone as soon as a new primary is known, listened to or not', { timeout: PATIENCE }, async () => {
      await load(here);
      const [user = ''] = users;
      const primary = await cluster().primaryOf(keyOf(user));
      const replica = await cluster().replicaOf(primary);
      await cluster().takeOver(replica);
      replica.server.freeze();
      const dropped = nextEvent('bus');
      // It is redirected, and gets no answer.
      const asking = here.forUser(user).get(['bounded', 'unknown']);
      expect(await dropped).toEqual(lost);
      replica.server.thaw();
      await asking;
      await followed([[replica, 2]]);
      await cluster().healthy();
    });

    it('are as old as the oldest of the proofs of all primaries', { timeout: PATIENCE }, async () => {
      let now = 1_000;
      const heard: number[] = [];
      const listener = {
        invalidated: () => undefined,
        missed: () => undefined,
        heard: (at: number) => heard.push(at),
      };
      const bus = { channel: `uc:1:bus:${app}`, maxStale: 200, clock: () => now, listener };
      const store = new RedisStore(connect(cluster()), PATIENT, { bus });
      await store.ready();
      const [silent] = await cluster().primaries();
      silent?.server.freeze();
      // What it sent before may still be under way.
      await until(() => heard.length > 10);
      now += 100;
      const before = heard.length;
      await until(() => heard.length > before + 5);
      silent?.server.thaw();
      expect(heard.slice(before).slice(0, 5)).toEqual([1_000, 1_000, 1_000, 1_000, 1_000]);
      await until(() => heard.at(-1) === now);
      await store.close();
    });
  });
});
