import { seeded } from '../../src/testing/random.js';

/** `PROVE=full` runs the proofs at the size that a release is proved with; they are of a size for CI otherwise. */
const isFull = process.env.PROVE === 'full';

export const sized = (ci: number, full: number): number => (isFull ? full : ci);

/** `SEED=<number>` repeats a proof, or varies it. */
export const SEED = Number(process.env.SEED ?? 20_230_320);

export const random = seeded(SEED);

/** A test of a proof may take so long, in ms. */
export const PATIENCE = isFull ? 3_600_000 : 120_000;

/** Runs a proof, and prints what it counted. */
export async function prove<C extends object>(name: string, work: () => C | Promise<C>): Promise<C> {
  const start = performance.now();
  const counts = await work();
  const seconds = ((performance.now() - start) / 1_000).toFixed(1);
  const said = Object.entries(counts).map(([what, count]) => `${what} ${String(count)}`);
  process.stdout.write(`  PROOF ${name}: ${said.join(', ')}, ${seconds} s, seed ${SEED}\n`);
  return counts;
}

/** Waits until it holds, for what another process or a socket does; fails after 10 s. */
export async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  const end = performance.now() + 10_000;
  while (!(await holds())) {
    if (performance.now() > end) throw new Error('it never came to hold');
    await new Promise((resolve) => setImmediate(resolve));
  }
}
