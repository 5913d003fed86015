// `npm run prove`: the proofs at full size, all bounded, and the table of docs/guarantee.md from what they counted.
//   npm run prove                    all of them; rewrites the table
//   npm run prove -- --suite race    one of them; rewrites nothing
// SEED=<number> runs them with other numbers.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { printed, problemsOf, withTable } from './proof-table.mjs';
import { redisVersion, requireRedis, withRedis } from './redis.mjs';
import { main, root, run } from './run.mjs';
import { setUp } from './setup.mjs';
import { suites } from './suites.mjs';

const page = join(root, 'docs', 'guarantee.md');
const folder = join(root, 'packages', 'express-user-cache');
const packageOf = (name) => JSON.parse(readFileSync(join(folder, name, 'package.json'), 'utf8')).version;
const git = (...args) => execFileSync('git', args, { cwd: root, encoding: 'utf8' }).trim();

/** Everything that could make a run differ from another. */
function versions() {
  const dependency = (name) => `${name} ${packageOf(`node_modules/${name}`)}`;
  let commit = 'without git';
  try {
    commit =
      git('rev-parse', '--short', 'HEAD') +
      (git('status', '--porcelain', 'packages', 'scripts') ? ' with changes' : '');
  } catch {
    // A copy that was downloaded has no commits.
  }
  return [
    `express-user-cache ${packageOf('.')} (${commit})`,
    `Node ${process.versions.node}`,
    `Redis ${redisVersion()}`,
    `ioredis ${packageOf('node_modules/ioredis-5')} and ${packageOf('node_modules/ioredis')}`,
    dependency('express'),
    `express ${packageOf('node_modules/express-4')}`,
  ].join(', ');
}

const isThere = ({ files = [] }) =>
  files.every((file) => {
    const path = join(folder, file);
    const [, above, name] = /^(.*)\/([^/]*)$/.exec(path);
    return existsSync(above) && readdirSync(above).some((entry) => entry.startsWith(name));
  });

const { values } = parseArgs({ options: { suite: { type: 'string' } } });
const chosen = values.suite === undefined ? suites : suites.filter(({ suite }) => suite === values.suite);

await main(async () => {
  if (chosen.length === 0) {
    console.error(`There is no suite '${values.suite}'. There are: ${suites.map(({ suite }) => suite).join(', ')}`);
    process.exitCode = 1;
    return;
  }
  requireRedis({ own: true });
  await setUp();
  const results = mkdtempSync(join(tmpdir(), 'user-cache-proofs-'));
  const lines = join(results, 'lines');
  writeFileSync(lines, '');
  const failed = [];
  const attempt = (what, work) => work().catch((error) => failed.push(`${what}: ${error.message}`));
  try {
    // Its own, not the one at REDIS_URL: proofs pause, flush and count.
    await withRedis(
      async (url) => {
        const env = { REDIS_URL: url, PROVE: 'full', PROOFS: lines };
        for (const { suite, files, script } of chosen.filter(isThere)) {
          console.log(`\n── ${suite}`);
          await attempt(suite, () =>
            script
              ? run(process.execPath, [join(root, 'scripts', script)], { env })
              : run(
                  join(root, 'node_modules', '.bin', 'vitest'),
                  ['run', '--project', 'express-user-cache', ...files],
                  { env },
                ),
          );
        }
      },
      { own: true },
    );
    const rows = readFileSync(lines, 'utf8')
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line));
    const problems = [...failed, ...problemsOf(rows, chosen)];
    console.log(`\n${printed(rows, suites)}\n\n${versions()}\n`);
    for (const problem of problems) console.error(`✗ ${problem}`);
    if (problems.length > 0) process.exitCode = 1;
    else if (values.suite === undefined) {
      writeFileSync(page, withTable(readFileSync(page, 'utf8'), rows, suites, versions()));
      console.log('docs/guarantee.md has the new table');
      await run(join(root, 'node_modules', '.bin', 'prettier'), ['--write', '--log-level', 'warn', page]);
    }
  } finally {
    rmSync(results, { recursive: true });
  }
});
