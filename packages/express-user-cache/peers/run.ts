import { fork } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { PATIENCE } from '../tests/support/proof.js';
import { redisUrl } from '../tests/support/redis.js';
import type { About } from './adapter.js';

/** How long a race, and the faults of one adapter, take. */
export const milliseconds = Number(process.env.PEERS_SECONDS ?? 6) * 1_000;

/** Runs a suite in a process of its own: what a client throws when nobody waits for a reply must not end the others. */
export async function inItsOwnProcess<Counts>(suite: string, adapter: string, configuration: string): Promise<Counts> {
  const file = fileURLToPath(new URL(`suites/${suite}.mjs`, import.meta.url));
  const parameters = JSON.stringify({ url: redisUrl, adapter, configuration, milliseconds });
  // Libraries say on stderr what the faults make of them; that is no result.
  const worker = fork(file, [parameters], { stdio: ['ignore', 'ignore', 'pipe', 'ipc'], timeout: PATIENCE - 5_000 });
  let said = '';
  worker.stderr?.on('data', (chunk: Buffer) => (said = `${said}${chunk.toString()}`.slice(-2_000)));
  const ended = once(worker, 'exit').then(([code]) => {
    throw new Error(`${suite} of ${adapter} ended with ${String(code)}: ${said}`);
  });
  const [counts] = (await Promise.race([once(worker, 'message'), ended])) as [Counts];
  return counts;
}

interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly engines?: { readonly node?: string };
}

/** What is installed of a package that an adapter names. */
export function manifestOf(name: string): Manifest {
  const path = name === 'express-user-cache' ? '../package.json' : `node_modules/${name}/package.json`;
  return JSON.parse(readFileSync(new URL(path, import.meta.url), 'utf8')) as Manifest;
}

/** Adds one line to the file that the report is made of, and says it to whoever watches. */
export function record(suite: string, about: About, configuration: string, counts: object): void {
  const line = { suite, name: about.name, configuration, ...counts };
  process.stdout.write(`  PEER ${JSON.stringify(line)}\n`);
  if (process.env.PEERS_RESULTS !== undefined) appendFileSync(process.env.PEERS_RESULTS, `${JSON.stringify(line)}\n`);
}
