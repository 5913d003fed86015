import { describe, expect, it } from 'vitest';
import { race } from '../tests/proof/race/race.js';
import { PATIENCE } from '../tests/support/proof.js';
import { describeWithRedis } from '../tests/support/redis.js';
import type { About } from './adapter.js';
import { inItsOwnProcess, manifestOf, milliseconds, record } from './run.js';

const OURS = 'express-user-cache';
const BASELINE = 'plain';
const names = [
  OURS,
  BASELINE,
  'async-cache-dedupe',
  'bentocache',
  'cache-manager',
  'cacheable',
  'layered-loader',
].filter((name) => [name, undefined].includes(process.env.PEERS_ONLY));

const adapters = await Promise.all(
  names.map(async (name) => {
    const { about } = (await import(new URL(`adapters/${name}.mjs`, import.meta.url).href)) as { about: About };
    return { name, about };
  }),
);
const configured = adapters.flatMap(({ name, about }) =>
  Object.keys(about.configurations).map((configuration) => ({ name, about, configuration })),
);

interface Collisions {
  readonly pairs: number;
  readonly foreign: number;
  readonly wrongKey: number;
  readonly invalidated: Record<string, { readonly alsoGone: number; readonly left: number }>;
}

interface Desync {
  readonly faults: number;
  readonly answers: number;
  readonly loads: number;
  readonly foreign: number;
}

/** What is true of the others is recorded, whatever it is. Of ours it must be nothing, and of the baseline something. */
describeWithRedis('the proofs, on the caches that people use', () => {
  it.each(adapters)('$name: what is installed', ({ about }) => {
    const manifests = about.packages.map(manifestOf);
    const versions = manifests.map(({ name, version }) => `${name} ${version}`);
    record('about', about, '', { ...about, versions, node: manifests[0]?.engines?.node });
    expect(versions).not.toHaveLength(0);
  });

  describe('race', () => {
    it.each(configured)('$name, $configuration', { timeout: PATIENCE }, async ({ name, about, configuration }) => {
      const subject = new URL('suites/race-subject.mjs', import.meta.url);
      const verdict = await race({ subject, settings: { adapter: name, configuration }, milliseconds });
      record('race', about, configuration, verdict);
      // Without hits there would be nothing to be stale.
      expect(verdict.loads).toBeLessThan(verdict.reads);
      if (name === OURS) expect(verdict).toMatchObject({ stale: 0, foreign: 0 });
      if (name === BASELINE) expect(verdict.stale).toBeGreaterThan(0);
    });
  });

  describe('collision', () => {
    const onRedis = configured.filter(({ configuration }) => configuration.startsWith('Redis'));
    it.each(onRedis)('$name, $configuration', { timeout: PATIENCE }, async ({ name, about, configuration }) => {
      const counts = await inItsOwnProcess<Collisions>('collision', name, configuration);
      record('collision', about, configuration, counts);
      expect(counts.pairs).toBeGreaterThan(10_000);
      if (name === BASELINE) expect(counts.foreign).toBeGreaterThan(0);
      if (name !== OURS) return;
      expect(counts).toMatchObject({ foreign: 0, wrongKey: 0 });
      expect(Object.values(counts.invalidated)).toMatchObject([{ alsoGone: 0, left: 0 }]);
    });
  });

  describe('desync', () => {
    it.each(adapters)('$name', { timeout: PATIENCE }, async ({ name, about }) => {
      const [configuration = ''] = Object.keys(about.configurations);
      const counts = await inItsOwnProcess<Desync>('desync', name, configuration);
      record('desync', about, configuration, counts);
      expect(counts.faults).toBeGreaterThanOrEqual(12);
      expect(counts.loads).toBeLessThan(counts.answers);
      if (name === OURS) expect(counts.foreign).toBe(0);
      if (name === BASELINE) expect(counts.foreign).toBeGreaterThan(0);
    });
  });
});
