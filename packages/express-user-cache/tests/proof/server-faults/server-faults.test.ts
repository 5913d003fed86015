import { expect, it } from 'vitest';
import { PATIENCE, prove, random, sized } from '../../support/proof.js';
import { describeWithServer } from '../../support/redis-server.js';
import { campaign } from './campaign.js';
import { faults } from './faults.js';
import { deployments } from './fleet.js';

/** The same faults, each time in another order. */
function shuffled<T>(items: readonly T[]): T[] {
  const left = [...items];
  return items.map(() => left.splice(random.between(0, left.length - 1), 1)[0] as T);
}

/** What a busy machine may add to a deadline; a promise that never settles takes longer than anything. */
const SLACK_MS = 10_000;

describeWithServer('a server that fails in every way, under load', () => {
  it('fails no read, keeps no promise waiting, serves nothing stale and recovers', { timeout: PATIENCE }, async () => {
    const plan = Array.from({ length: sized(1, 10) }, () => shuffled(Object.entries(faults))).flat();
    let failed: unknown;
    const counts = await prove('server faults', `two processes of ${deployments.length} deployments`, async () => {
      const { verdicts, errors, ...counts } = await campaign(plan);
      failed = { verdicts: verdicts.filter(({ stale, foreign }) => stale + foreign > 0), errors: errors.slice(0, 20) };
      const violations = verdicts.reduce((sum, { stale, foreign }) => sum + stale + foreign, errors.length);
      return { runs: counts.reads + counts.resolved + counts.rejected, faults: plan.length, violations, ...counts };
    });
    expect(failed).toEqual({ verdicts: [], errors: [] });
    expect(counts['late at most, ms']).toBeLessThan(SLACK_MS);
    // There was something to keep, and something to break it.
    expect(counts.hits).toBeGreaterThan(1_000);
    expect(counts.resolved).toBeGreaterThan(500);
    expect(counts.rejected).toBeGreaterThan(10);
  });
});
