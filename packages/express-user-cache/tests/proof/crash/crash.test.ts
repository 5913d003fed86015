import { expect, it } from 'vitest';
import { PATIENCE, prove, sized } from '../../support/proof.js';
import { describeWithServer, RedisServer } from '../../support/redis-server.js';
import { type Aftermath, operations, Survivors } from './aftermath.js';
import type { Point, Setup } from './doomed.js';

const SECRET = 'a secret of those who crash, which is long enough';

/** How the process that dies is set up; of those who live on, one has copies and three have none. */
const setups = (
  [
    ['ioredis 6, sealed, validated', { app: 'six-sealed', client: 6, l1: 'validated', secret: SECRET }],
    ['ioredis 5', { app: 'five', client: 5, l1: 'off' }],
    ['ioredis 5, sealed, bounded', { app: 'five-sealed', client: 5, l1: 'bounded', secret: SECRET }],
    ['ioredis 6, bounded', { app: 'six', client: 6, l1: 'bounded' }],
  ] satisfies [string, Setup][]
).slice(0, sized(1, 4));

/** Crashes that are under way at a time: a process takes a while to start. */
const LANES = 3;

const SIDES: Point['side'][] = (['after', 'before'] as const).slice(0, sized(1, 2));
/** After a step is before the next one, but for who was told: nobody who lives. Both are tried at full size. */
const sidesOf = (step: number): Point['side'][] => (step === 1 ? ['before', 'after'] : SIDES);

describeWithServer('a process that is killed at any await of an operation', () => {
  it.each(setups)('leaves nothing stale and nobody waiting: %s', { timeout: PATIENCE }, async (name, setup) => {
    const counts = await prove('crash', `at every await, ${name}`, async () => {
      await using server = await RedisServer.start();
      await using survivors = new Survivors(server.port, setup);
      const lengths = await inLanes(operations, async (operation) => {
        const { steps } = await survivors.outlive(operation, `${operation.name}, to its end`);
        return steps;
      });
      const points = operations.flatMap((operation, index) => {
        const last = lengths[index] ?? 0;
        const steps = Array.from({ length: last }, (_, step) => step + 1);
        return steps.flatMap((step) => sidesOf(step).map((side) => ({ operation, last, point: { step, side } })));
      });
      const worst: string[] = [];
      const aftermaths = await inLanes(points, async ({ operation, last, point }) => {
        const aftermath = await survivors.outlive(operation, named(operation.name, point), point, last);
        if (aftermath.stale + aftermath.foreign > 0 || !aftermath.killed) worst.push(named(operation.name, point));
        return aftermath;
      });
      expect(worst).toEqual([]);
      const sum = (of: (aftermath: Aftermath) => number): number =>
        aftermaths.reduce((total, aftermath) => total + of(aftermath), 0);
      return {
        runs: points.length,
        faults: sum(({ killed }) => Number(killed)),
        violations: sum(({ stale, foreign }) => stale + foreign),
        'stale where nothing was promised': sum(({ unpromised }) => unpromised),
      };
    });
    expect(counts).toMatchObject({ violations: 0, faults: counts.runs });
    expect(counts.runs).toBeGreaterThan(30);
    // An `invalidate` that was never sent is what it costs not to use `mutate`.
    expect(counts['stale where nothing was promised']).toBeGreaterThan(10);
  });
});

const named = (operation: string, { step, side }: Point): string => `${operation}, ${side} step ${step}`;

async function inLanes<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<R[]> {
  const left = [...items.entries()];
  const results: R[] = [];
  const lane = async (): Promise<void> => {
    for (let next = left.shift(); next; next = left.shift()) results[next[0]] = await work(next[1]);
  };
  await Promise.all(Array.from({ length: LANES }, lane));
  return results;
}
