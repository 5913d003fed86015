// `npm test`: everything that must hold, from a fresh clone. Arguments go to vitest: `npm test -- freshness`.
import { join } from 'node:path';
import { requireRedis, withRedis } from './redis.mjs';
import { main, root, run } from './run.mjs';
import { setUp } from './setup.mjs';

const bin = (name) => join(root, 'node_modules', '.bin', name);
const selected = process.argv.slice(2);

const tests = () => withRedis((url) => run(bin('vitest'), ['run', ...selected], { env: { REDIS_URL: url } }));

const everything = {
  format: () => run(bin('prettier'), ['--check', '--log-level', 'warn', '.']),
  lint: () => run(bin('eslint'), ['--max-warnings', '0', '.']),
  'unused code': () => run(bin('knip'), []),
  tests,
  guards: () => run(process.execPath, [join(root, 'scripts', 'guards.mjs'), '--sample', '40']),
  packages: () => run(process.execPath, [join(root, 'scripts', 'check-packages.mjs')]),
};

await main(async () => {
  requireRedis();
  await setUp();
  for (const [name, step] of Object.entries(selected.length > 0 ? { tests } : everything)) {
    const start = performance.now();
    console.log(`\n── ${name}`);
    await step();
    console.log(`── ${name}: ok (${((performance.now() - start) / 1000).toFixed(1)} s)`);
  }
});
