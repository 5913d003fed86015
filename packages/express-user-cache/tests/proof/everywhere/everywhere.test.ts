import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { PATIENCE, prove, sized } from '../../support/proof.js';
import { describeWithRedis, redisUrl } from '../../support/redis.js';

const PROCESSES = 4;
const REQUESTS = 250;
const MILLISECONDS = 200;

interface Said {
  readonly loading?: number;
  readonly loaded?: number;
  readonly done?: number;
  readonly values?: string[];
}

/** What became of a key that all processes missed at once. */
interface Round {
  readonly loads: number;
  readonly values: ReadonlySet<string>;
  /** ms from the end of the load until the last of all requests was answered. */
  readonly after: number;
}

describeWithRedis(`a cold key, ${PROCESSES} processes of ${REQUESTS} requests each`, () => {
  let workers: ChildProcess[] = [];
  beforeEach(async () => {
    const options = { url: redisUrl, app: randomUUID().slice(0, 18), requests: REQUESTS, milliseconds: MILLISECONDS };
    const worker = fileURLToPath(new URL('worker.mjs', import.meta.url));
    workers = Array.from({ length: PROCESSES }, () => fork(worker, [JSON.stringify(options)]));
    await Promise.all(workers.map((process) => once(process, 'message')));
  });
  afterEach(async () => {
    const alive = workers.filter(({ exitCode, signalCode }) => exitCode === null && signalCode === null);
    const ended = alive.map((process) => once(process, 'exit'));
    for (const process of alive) process.kill('SIGKILL');
    await Promise.all(ended);
  });

  /** `killed`: whoever loads first dies of it. */
  async function miss(key: string, killed: boolean): Promise<Round> {
    let [loads, loaded, done, spared] = [0, 0, 0, !killed];
    const values = new Set<string>();
    const answered = workers.map(
      (worker) =>
        new Promise<void>((resolve) => {
          worker.once('exit', resolve);
          worker.on('message', (said: Said) => {
            if (said.loading !== undefined) loads += 1;
            if (said.loading !== undefined && !spared) worker.kill('SIGKILL');
            if (said.loading !== undefined) spared = true;
            loaded = Math.max(loaded, said.loaded ?? 0);
            done = Math.max(done, said.done ?? 0);
            for (const value of said.values ?? []) values.add(value);
            if (said.done !== undefined) resolve();
          });
        }),
    );
    for (const worker of workers) worker.send(key);
    await Promise.all(answered);
    for (const worker of workers) worker.removeAllListeners('message').removeAllListeners('exit');
    return { loads, values, after: done - loaded };
  }

  it('is loaded once, and all are answered soon after', { timeout: PATIENCE }, async () => {
    const rounds = sized(10, 200);
    const afters: number[] = [];
    const { violations } = await prove('single flight everywhere', 'cold keys', async () => {
      let violations = 0;
      for (let round = 0; round < rounds; round += 1) {
        const { loads, values, after } = await miss(`cold ${round}`, false);
        violations += loads - 1 + values.size - 1;
        afters.push(Math.round(after));
      }
      afters.sort((a, b) => a - b);
      const [median, most] = [afters[rounds >> 1] ?? 0, afters.at(-1) ?? 0];
      return { runs: rounds * PROCESSES * REQUESTS, violations, 'median ms after the load': median, most: most };
    });
    expect(violations).toBe(0);
  });

  it('is loaded by one other where the process that loads it is killed', { timeout: PATIENCE }, async () => {
    const { violations } = await prove('single flight everywhere', 'a killed holder', async () => {
      const { loads, values } = await miss('killed', true);
      return { runs: (PROCESSES - 1) * REQUESTS, faults: 1, violations: loads - 2 + values.size - 1 };
    });
    expect(violations).toBe(0);
  });
});
