import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { MemoryStore, RedisStore, type Store } from '../../src/index.js';
import { PATIENT } from '../support/caches.js';
import { PATIENCE } from '../support/proof.js';
import { clients, describeWithRedis } from '../support/redis.js';

const PATHS = [['a'], ['a', '1'], ['a', '1', 'x'], ['b'], ['b', '1']] as const;
const nameOf = (path: number): string => `${(PATHS[path] ?? []).join(':')}:`;
const prefixesOf = (path: number): string[] =>
  (PATHS[path] ?? []).map((_, i, parts) => `${parts.slice(0, i + 1).join(':')}:`);
const ENTRIES = PATHS.map((_, path) => `${nameOf(path)}@1`);

type Step =
  | { readonly do: 'open' | 'forget' }
  /** `stamp` counts back over the control strings that were seen: late, resent and duplicated fills are steps like any other. */
  | { readonly do: 'fill' | 'supersede'; readonly path: number; readonly stamp: number }
  | { readonly do: 'invalidate'; readonly path: number }
  /** More invalidations than there are notes. */
  | { readonly do: 'many' }
  | { readonly do: 'hold' | 'release'; readonly path: number; readonly writer: number };

const path = fc.nat({ max: PATHS.length - 1 });
const writer = fc.nat({ max: 1 });
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ do: fc.constant('open' as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('forget' as const) }) },
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constantFrom('fill' as const, 'supersede' as const),
      path,
      stamp: fc.nat({ max: 6 }),
    }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('invalidate' as const), path }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('many' as const) }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constantFrom('hold' as const, 'release' as const), path, writer }) },
);

/** What anyone can see of a store that runs a program; incarnations are random and fences may skip, so only what changed is told. */
async function run(store: Store, bucket: string, program: readonly Step[]): Promise<unknown[]> {
  const seen: unknown[] = [];
  const controls: string[] = [];
  const lives: string[] = [];
  const fences: string[] = [];
  for (const step of program) {
    switch (step.do) {
      case 'open':
        controls.unshift(await store.open(bucket));
        break;
      case 'forget':
        await store.invalidate(bucket, { prefixes: 'all' });
        break;
      case 'invalidate':
        await store.invalidate(bucket, { prefixes: [nameOf(step.path)] });
        break;
      case 'many':
        await store.invalidate(bucket, { prefixes: Array.from({ length: 140 }, (_, i) => `other:${i}:`) });
        break;
      case 'hold':
      case 'release': {
        const id = `writer-${step.writer}`;
        const hold = step.do === 'hold' ? { hold: { id, ms: 60_000 } } : { release: id };
        await store.invalidate(bucket, { prefixes: [nameOf(step.path)], ...hold });
        break;
      }
      default: {
        const stamp = controls[step.stamp];
        const fill = {
          prefixes: prefixesOf(step.path),
          name: `${nameOf(step.path)}@1`,
          entry: 'e',
          ttl: 60_000,
          expiresAt: 1,
          maxEntries: 99,
        };
        seen.push(
          await store.fill(bucket, {
            ...fill,
            stamp: stamp?.endsWith('!') ? undefined : stamp,
            supersedes: step.do === 'supersede',
          }),
        );
      }
    }
    const { control, entries } = await store.read(bucket, ENTRIES);
    const [life, fence] = control?.replace('!', '').split('.') ?? [];
    if (life !== undefined && !lives.includes(life)) lives.push(life);
    if (fence !== undefined && !fences.includes(`${life} ${fence}`)) fences.push(`${life} ${fence}`);
    seen.push([
      step.do,
      life === undefined ? 'absent' : lives.indexOf(life),
      fences.indexOf(`${life} ${fence}`),
      control?.endsWith('!'),
      entries.map((entry) => entry !== undefined),
    ]);
  }
  await store.invalidate(bucket, { prefixes: 'all' });
  return seen;
}

describeWithRedis.each(clients)('the Redis store on %s', (_, connect) => {
  const memory = new MemoryStore();
  let redis: RedisStore;
  beforeAll(async () => {
    redis = new RedisStore(connect(), PATIENT);
    await redis.ready();
  });
  afterAll(() => redis.close());

  it('does in Lua what the memory store does', { timeout: PATIENCE }, async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 25 }), async (program) => {
        const bucket = `equivalence-${randomUUID()}`;
        expect(await run(redis, bucket, program)).toEqual(await run(memory, bucket, program));
      }),
      { seed: 20_230_320, numRuns: 400 },
    );
  });
});
