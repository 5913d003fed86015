// The Redis of the tests: REDIS_URL, else a redis-server of our own on a free port, ended by its pid.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { freePort } from './free-port.mjs';

const HOW =
  'Install Redis 7 or later (Debian: apt-get install redis-server; macOS: brew install redis), or set REDIS_URL.';

/** Runs `work` with the URL of a Redis; with `own`, never of the one at REDIS_URL. */
export async function withRedis(work, { own = false } = {}) {
  if (process.env.REDIS_URL && !own) {
    console.log('Redis: the one at REDIS_URL');
    return work(process.env.REDIS_URL);
  }
  requireRedis({ own });
  const port = await freePort();
  const server = spawn(
    'redis-server',
    ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  try {
    await ready(server);
    console.log(`Redis: ${redisVersion()} on 127.0.0.1:${port}, started for this run`);
    return await work(`redis://127.0.0.1:${port}`);
  } finally {
    if (server.exitCode === null) {
      server.kill();
      await once(server, 'exit');
    }
  }
}

/** The version of the redis-server on the PATH; `undefined` where there is none. */
export const redisVersion = () =>
  /v=(\S+)/.exec(spawnSync('redis-server', ['--version'], { encoding: 'utf8' }).stdout ?? '')?.[1];

/** Installs a Redis if that is possible and needed; else says how to get one, and ends. */
export function requireRedis({ own = false } = {}) {
  if ((process.env.REDIS_URL && !own) || redisVersion()) return;
  const isRoot = process.getuid?.() === 0;
  if (isRoot && spawnSync('apt-get', ['--version']).status === 0) {
    console.log('Redis: no redis-server here; installing the one of the distribution');
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
    for (const args of [
      ['update', '-qq'],
      ['install', '-y', '-qq', '--no-install-recommends', 'redis-server'],
    ]) {
      spawnSync('apt-get', args, { stdio: ['ignore', 'ignore', 'inherit'], env });
    }
    if (redisVersion()) return;
  }
  console.error(`Redis: there is no redis-server, and the tests need one. ${HOW}`);
  process.exit(1);
}

async function ready(server) {
  for await (const line of createInterface(server.stdout)) {
    if (/ready to accept connections/i.test(line)) {
      // Whatever else it says must be read, or it stops when the pipe is full.
      server.stdout.resume();
      return;
    }
  }
  throw new Error('redis-server ended before it was ready');
}
