// `npm run prove`: the proofs at full size. Each prints what it ran and what it counted; all are bounded, and take some
// minutes together. SEED=<number> runs them with other numbers.
import { join } from 'node:path';
import { requireRedis, withRedis } from './redis.mjs';
import { main, root, run } from './run.mjs';
import { setUp } from './setup.mjs';

const vitest = join(root, 'node_modules', '.bin', 'vitest');

await main(async () => {
  requireRedis();
  await setUp();
  await withRedis((url) =>
    run(vitest, ['run', '--project', 'express-user-cache', 'tests/proof', 'tests/protocol', 'tests/key'], {
      env: { REDIS_URL: url, PROVE: 'full' },
    }),
  );
});
