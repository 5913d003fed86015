import { appendFileSync } from 'node:fs';
import { seeded } from '../../src/testing/random.js';

/** `PROVE=full` runs the proofs at the size that a release is proved with; they are of a size for CI otherwise. */
const isFull = process.env.PROVE === 'full';

export const sized = (ci: number, full: number): number => (isFull ? full : ci);

/** `SEED=<number>` repeats a proof, or varies it. */
export const SEED = Number(process.env.SEED ?? 20_230_320);

export const random = seeded(SEED);

/** A test of a proof may take so long, in ms. */
export const PATIENCE = isFull ? 3_600_000 : 120_000;

/** What a proof counted. More counts than these may be named; they are printed, and not part of the table. */
export interface Proven {
  /** Programs, schedules, calls or attacks: what the suite repeats. */
  readonly runs: number;
  /** What was broken on purpose meanwhile. */
  readonly faults?: number;
  /** Foreign and stale values, and whatever else must never be. */
  readonly violations: number;
  /** What ran is not ours: it violates, or the proof would prove nothing. */
  readonly compared?: boolean;
}

/** Runs one proof of a suite, and says what it counted: to whoever watches, and to the table of `npm run prove`. */
export async function prove<C extends Proven>(suite: string, variant: string, work: () => C | Promise<C>): Promise<C> {
  const start = performance.now();
  const counts = await work();
  const seconds = Number(((performance.now() - start) / 1_000).toFixed(1));
  const said = Object.entries(counts).map(([what, count]) => `${what} ${String(count)}`);
  process.stdout.write(`  PROOF ${suite}, ${variant}: ${said.join(', ')}, ${seconds} s, seed ${SEED}\n`);
  const { runs, faults = 0, violations, compared = false } = counts;
  if (process.env.PROOFS !== undefined) {
    appendFileSync(
      process.env.PROOFS,
      `${JSON.stringify({ suite, variant, runs, faults, violations, compared, seconds, seed: SEED })}\n`,
    );
  }
  return counts;
}

/** Waits until it holds, for what another process or a socket does; fails after 40 s. */
export async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  const end = performance.now() + 40_000;
  while (!(await holds())) {
    if (performance.now() > end) throw new Error('it never came to hold');
    await new Promise((resolve) => setImmediate(resolve));
  }
}
