import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { UserId } from '../../../src/index.js';
import { PATIENCE, prove, SEED, sized } from '../../support/proof.js';
import { type ModelDeployment, modelDeployments } from './deployments.js';
import { program } from './program.js';
import { Run } from './run.js';
import type { Counts } from './stage.js';

/** Users who must not be taken for each other; of every program others. */
const users = (n: number): readonly UserId[] => [`u${n}`, n, String(n), `u${n} `, `u${n}:conversation`];

async function check(deployment: ModelDeployment, size: number, counts: Counts): Promise<number> {
  const { open, maxStale } = deployment;
  // A world costs connections, and every program has users of its own.
  const world = open();
  let runs = 0;
  try {
    await fc.assert(
      fc.asyncProperty(program, async (program) => {
        const ids = users(runs++);
        await world.ready();
        const run = new Run(world, maxStale, ids, program, counts);
        await run.toTheEnd();
        await world.flush(ids);
        expect(run.violations).toEqual([]);
      }),
      // Other programs on every deployment: what one of them does not meet, another does.
      { seed: SEED + modelDeployments.indexOf(deployment), numRuns: size },
    );
  } finally {
    await world.close();
  }
  return runs;
}

it.each(modelDeployments)(
  'random programs on $name return what the guarantee allows, and hit what it lets them',
  { timeout: PATIENCE },
  async (deployment) => {
    const counts: Counts = { steps: 0, hits: 0, certain: 0, 'changed hands': 0 };
    await prove('model', deployment.name, async () => {
      const runs = await check(deployment, sized(deployment.remote ? 50 : 300, 1_250), counts);
      return { runs, violations: 0, ...counts };
    });
    expect(counts.certain).toBeGreaterThan(counts.steps / 20);
    expect(counts['changed hands']).toBeGreaterThan(counts.steps / 100);
  },
);
