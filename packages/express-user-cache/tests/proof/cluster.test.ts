import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { PATIENCE, prove, random, sized, until } from '../support/proof.js';
import { clusterClients, describeWithCluster } from '../support/redis-cluster.js';
import { Traffic, violations } from './cluster/traffic.js';

const USERS = 24;

describeWithCluster('a cluster under load', (cluster) => {
  describe.each(clusterClients)('on %s', (name, connect) => {
    const traffic = async (durability?: { replicas: number }): Promise<Traffic> => {
      const app = randomUUID().slice(0, 18);
      const started = new Traffic(() => connect(cluster()), { app, durability }, USERS);
      await started.ready();
      return started;
    };

    it('shows nothing foreign and nothing stale while slots of its users move', { timeout: PATIENCE }, async () => {
      const moves = sized(40, 500);
      const counts = await prove('cluster', `${name}, slots that move`, async () => {
        await using users = await traffic();
        const primaries = await cluster().primaries();
        await users.during(async () => {
          for (let n = 0; n < moves; n++) {
            const slot = await cluster().slotOf(users.keyOf(random.oneOf(users.users)));
            await cluster().migrate(slot, random.oneOf(primaries), () => users.more(10));
          }
        });
        return { runs: users.counts.reads, faults: moves, violations: violations(users.counts), ...users.counts };
      });
      expect(counts).toMatchObject({ violations: 0, rejected: 0 });
      expect(counts.hits).toBeGreaterThan(counts.reads / 4);
    });

    it('fails no read while primaries are killed', { timeout: PATIENCE }, async () => {
      const kills = sized(1, 10);
      const counts = await prove('cluster', `${name}, primaries that are killed`, async () => {
        await using users = await traffic({ replicas: 1 });
        for (let n = 0; n < kills; n++) {
          const primary = random.oneOf(await cluster().primaries());
          await users.during(async () => {
            await cluster().kill(primary);
            await users.more(200);
            await primary.server.start();
            await cluster().healthy();
          });
        }
        return { runs: users.counts.reads, faults: kills, violations: violations(users.counts), ...users.counts };
      });
      expect(counts).toMatchObject({ violations: 0 });
      expect(counts.rejected).toBeGreaterThan(0);
    });

    it('reports every invalidation that a replica loses when it takes over', { timeout: PATIENCE }, async () => {
      const takeovers = sized(2, 20);
      const counts = await prove('cluster', `${name}, stalled replicas that take over`, async () => {
        await using users = await traffic({ replicas: 1 });
        for (let n = 0; n < takeovers; n++) {
          const primary = random.oneOf(await cluster().primaries());
          const replica = await cluster().replicaOf(primary);
          await users.during(async () => {
            replica.server.freeze();
            // Waits at its door, before what it is to miss.
            const taken = cluster().takeOver(replica);
            const before = users.counts.reported;
            await until(() => users.counts.reported > before + 10);
            replica.server.thaw();
            await taken;
            await users.more(200);
            await cluster().healthy();
          });
        }
        return { runs: users.counts.reads, faults: takeovers, violations: violations(users.counts), ...users.counts };
      });
      expect(counts).toMatchObject({ violations: 0 });
      // Acknowledged invalidations were lost: the proof is about something.
      expect(counts.lost).toBeGreaterThan(0);
    });
  });
});
