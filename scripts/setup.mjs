// What `npm start` and `npm test` do first: install and build what is not there yet, and nothing else.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root, run } from './run.mjs';

const { packageManager, engines } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const stamp = join(root, 'node_modules', '.cache', 'user-cache', 'installed');

/** The exact pnpm that the lockfile was made with, whatever is installed on the machine. */
export const pnpm = (...args) => run('npx', ['--yes', packageManager, ...args]);

export async function setUp() {
  checkNode();
  await install();
  await run(process.execPath, [join(root, 'node_modules', 'typescript', 'bin', 'tsc'), '-b']);
}

function checkNode() {
  const [, major, minor] = /(\d+)\.(\d+)/.exec(engines.node).map(Number);
  const [hereMajor, hereMinor] = process.versions.node.split('.').map(Number);
  if (hereMajor > major || (hereMajor === major && hereMinor >= minor)) return;
  console.error(`Node ${engines.node} is needed; this is ${process.version}.`);
  process.exit(1);
}

async function install() {
  const lockfile = createHash('sha256')
    .update(readFileSync(join(root, 'pnpm-lock.yaml')))
    .digest('hex');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === lockfile) return;
  await pnpm('install', '--frozen-lockfile', '--prefer-offline');
  mkdirSync(join(stamp, '..'), { recursive: true });
  writeFileSync(stamp, lockfile);
}
