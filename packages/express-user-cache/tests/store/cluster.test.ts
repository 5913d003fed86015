import { randomUUID } from 'node:crypto';
import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { RedisStore } from '../../src/index.js';
import { DurableRedisStore } from '../../src/store/redis/durable-store.js';
import { PATIENT } from '../support/caches.js';
import { eventsDuring, nextEvent } from '../support/events.js';
import { PATIENCE, until } from '../support/proof.js';
import { type ClusterNode, clusterClients, describeWithCluster } from '../support/redis-cluster.js';
import { storeConformance } from './conformance.js';

const fill = {
  prefixes: ['k:'],
  name: 'k:@1',
  entry: 'e',
  ttl: 60_000,
  expiresAt: 1,
  maxEntries: 9,
  supersedes: false,
};

describeWithCluster('with a cluster', (cluster) => {
  for (const [name, connect] of clusterClients) {
    storeConformance(`RedisStore on ${name}`, () => new RedisStore(connect(cluster()), PATIENT));
  }

  describe.each(clusterClients)('RedisStore on %s', (_, connect) => {
    const elsewhere = async (key: string): Promise<{ from: ClusterNode; to: ClusterNode; slot: number }> => {
      const from = await cluster().primaryOf(key);
      const to = (await cluster().primaries()).find((node) => node !== from);
      if (!to) throw new Error('there is one primary only');
      return { from, to, slot: await cluster().slotOf(key) };
    };

    it('is ready once every primary answers', async () => {
      const asked = await cluster().primaryOf('uc:1:{ready}');
      const other = (await cluster().primaries()).find((node) => node !== asked);
      const startupNodes = [{ host: '127.0.0.1', port: asked.server.port }];
      const store = new RedisStore(connect({ startupNodes }), { read: 300, write: 300 });
      other?.server.freeze();
      await expect(store.ready()).rejects.toMatchObject({ code: 'ERR_UC_STORE_UNAVAILABLE' });
      other?.server.thaw();
      await until(() =>
        store.ready().then(
          () => true,
          () => false,
        ),
      );
      const buckets = Array.from({ length: 32 }, () => randomUUID());
      const snapshots = await Promise.all(buckets.map((bucket) => store.read(bucket, [])));
      expect(snapshots).toEqual(buckets.map(() => ({ control: undefined, entries: [] })));
      await store.close();
    });

    it('begins anywhere, and sends what is asked at the start once every primary is there', async () => {
      const replica = await cluster().replicaOf(await cluster().primaryOf('uc:1:{ready}'));
      for (const { admin } of cluster().nodes) await admin.config('RESETSTAT');
      const startupNodes = [{ host: '127.0.0.1', port: replica.server.port }];
      const store = new RedisStore(connect({ startupNodes }), PATIENT);
      const state = { ready: false };
      const started = store.ready().then(() => (state.ready = true));
      const reads: Promise<unknown>[] = [];
      while (!state.ready) {
        reads.push(store.read(randomUUID(), []));
        await turn();
      }
      await started;
      await Promise.all(reads);
      // What ioredis puts off, it sends to any node.
      const errors = await Promise.all(cluster().nodes.map(({ admin }) => admin.info('errorstats')));
      expect(errors.join()).not.toContain('MOVED');
      await store.close();
    });

    it('follows a slot that moves, and finds what was stored', async () => {
      const store = new RedisStore(connect(cluster()), PATIENT);
      const bucket = randomUUID();
      const key = `uc:1:{${bucket}}`;
      await store.fill(bucket, { ...fill, stamp: await store.open(bucket) });
      const { slot, to } = await elsewhere(key);
      const found = async (): Promise<void> => {
        expect((await store.read(bucket, [fill.name])).entries).toEqual(['e']);
      };
      await cluster().migrate(slot, to, found);
      await found();
      await store.invalidate(bucket, { prefixes: ['k:'] });
      expect((await store.read(bucket, [fill.name])).entries).toEqual([undefined]);
      await store.invalidate(bucket, { prefixes: 'all' });
      await store.close();
    });

    it('never reads from a replica, also where it has lost all primaries', { timeout: PATIENCE }, async () => {
      const store = new RedisStore(connect(cluster()), { read: 1_000, write: 10_000 });
      await store.ready();
      const primaries = await cluster().primaries();
      const replicas = await Promise.all(primaries.map((primary) => cluster().replicaOf(primary)));
      const buckets = Array.from({ length: 64 }, () => randomUUID());
      for (const { admin } of replicas) await admin.config('RESETSTAT');
      const reads: Promise<unknown>[] = [];
      for (let n = 0; n < 5; n++) {
        await store.ready();
        await Promise.all(primaries.map(({ admin }) => admin.call('CLIENT', 'KILL', 'TYPE', 'normal')));
        for (const bucket of buckets) {
          reads.push(store.read(bucket, []).catch(() => undefined));
          await turn();
        }
        await Promise.all(reads);
      }
      await store.ready();
      await Promise.all(buckets.map((bucket) => store.read(bucket, [])));
      expect(await cluster().callsOf('hmget', replicas)).toBe(0);
      await store.close();
    });

    it('replaces the connections to all nodes when a reply cannot be trusted', async () => {
      const store = new RedisStore(connect(cluster()), PATIENT);
      await store.ready();
      const bucket = randomUUID();
      const { admin } = await cluster().primaryOf(`uc:1:{${bucket}}`);
      const connections = async (): Promise<number> =>
        Number(/total_connections_received:(\d+)/.exec(await admin.info('stats'))?.[1]);
      const before = await connections();
      const distrusted = nextEvent('distrust');
      store.distrust();
      await distrusted;
      await store.ready();
      expect(await connections()).toBeGreaterThan(before);
      expect(await store.read(bucket, [])).toEqual({ control: undefined, entries: [] });
      await store.close();
    });

    it('asks for replicas where the slot is now, and says so where nobody could count', async () => {
      const store = new DurableRedisStore(connect(cluster()), PATIENT, { replicas: 1, timeout: 5_000 });
      const bucket = randomUUID();
      const { from, to, slot } = await elsewhere(`uc:1:{${bucket}}`);
      const invalidate = async (): Promise<unknown[]> => {
        await store.fill(bucket, { ...fill, stamp: await store.open(bucket) });
        const events = await eventsDuring(() => store.invalidate(bucket, { prefixes: ['k:'] }));
        expect((await store.read(bucket, [fill.name])).entries).toEqual([undefined]);
        return events;
      };
      const uncounted = [{ type: 'durability', asked: 1, acknowledged: 0 }];
      expect(await invalidate()).toEqual([]);
      // Half moved: the key is there, the slot is here.
      await cluster().migrate(slot, to, async () => {
        expect(await invalidate()).toEqual(uncounted);
      });
      expect(await invalidate()).toEqual(uncounted);
      expect(await invalidate()).toEqual([]);
      await cluster().migrate(slot, from);
      await store.invalidate(bucket, { prefixes: 'all' });
      await store.close();
    });
  });
});
