// `npm run prove:peers`: the race, collision and desync suites on other caches, which only this command installs.
// `-- --seconds 20` for longer runs, `-- --only bentocache` for one. A run of all is written into docs/guarantee.md.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { report } from '../packages/express-user-cache/peers/report.mjs';
import { requireRedis, withRedis } from './redis.mjs';
import { main, root, run } from './run.mjs';
import { pnpm, setUp } from './setup.mjs';

const bin = (name) => join(root, 'node_modules', '.bin', name);
const peers = join(root, 'packages', 'express-user-cache', 'peers');
const page = join(root, 'docs', 'guarantee.md');

const { values } = parseArgs({ options: { seconds: { type: 'string', default: '6' }, only: { type: 'string' } } });

/** Puts the report between the markers of the page. */
async function write(text) {
  const parts = /^([^]*<!-- peers -->)[^]*(<!-- \/peers -->[^]*)$/.exec(readFileSync(page, 'utf8'));
  if (!parts) throw new Error('docs/guarantee.md has no <!-- peers --> and <!-- /peers -->');
  writeFileSync(page, `${parts[1]}\n\n${text}\n\n${parts[2]}`);
  await run(bin('prettier'), ['--write', '--log-level', 'warn', page]);
}

const versionOfRedis = () =>
  /v=(\S+)/.exec(spawnSync('redis-server', ['--version'], { encoding: 'utf8' }).stdout)?.[1] ?? 'unknown';

if (!(Number(values.seconds) > 0)) {
  console.error('usage: npm run prove:peers [-- --seconds <number>] [--only <adapter>]');
  process.exit(2);
}

await main(async () => {
  // Before it is this run that makes it.
  const [load] = loadavg();
  // The libraries look for keys by pattern and delete what they find: never in somebody's Redis.
  delete process.env.REDIS_URL;
  requireRedis();
  await setUp();
  await pnpm('--dir', peers, 'install', '--ignore-workspace', '--frozen-lockfile', '--prefer-offline');
  const folder = mkdtempSync(join(tmpdir(), 'user-cache-peers-'));
  const results = join(folder, 'results.jsonl');
  const seed = process.env.SEED ?? '20230320';
  const env = { PEERS_SECONDS: values.seconds, PEERS_RESULTS: results, SEED: seed };
  if (values.only) env.PEERS_ONLY = values.only;
  try {
    await withRedis((url) => run(bin('vitest'), ['run', '--root', peers], { env: { ...env, REDIS_URL: url } }));
    const lines = readFileSync(results, 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    const text = report(lines, {
      date: new Date().toISOString().slice(0, 10),
      node: process.versions.node,
      redis: versionOfRedis(),
      cores: availableParallelism(),
      load,
      seconds: Number(values.seconds),
      seed,
    });
    console.log(`\n${text}`);
    if (values.only) console.log('\nOnly one library was run: docs/guarantee.md is as it was.');
    else await write(text);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
