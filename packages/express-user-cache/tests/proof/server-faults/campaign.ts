import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { Redis } from 'ioredis';
import type { CacheEvent } from '../../../src/index.js';
import { seeded } from '../../../src/testing/random.js';
import { lapse } from '../../support/lapse.js';
import { SEED, until } from '../../support/proof.js';
import { RedisServer } from '../../support/redis-server.js';
import { type Event, judge } from '../race/history.js';
import { Client, KEYS, Rows, USERS, Witness } from './client.js';
import type { Fault } from './faults.js';
import { type Deployment, deployments, MAX_STALE, type Process, startProcess } from './fleet.js';

const PROCESSES = 2;
const READERS = 2;

/** What the processes of all deployments say together: every debt and every breaker is counted where it begins and where it ends. */
class Ledger {
  readonly counts = { hit: 0, dirty: 0, clean: 0, 'breaker-open': 0, 'breaker-close': 0, proven: 0, lost: 0 };
  readonly listen = (message: unknown): void => {
    const event = message as CacheEvent;
    const name = event.type === 'bus' ? event.state : event.type;
    if (name in this.counts) this.counts[name as keyof typeof this.counts] += 1;
  };

  isSettled(): boolean {
    const { dirty, clean, proven, lost } = this.counts;
    const bounded = deployments.filter(({ l1 }) => l1 === 'bounded').length * PROCESSES;
    return dirty === clean && this.counts['breaker-open'] === this.counts['breaker-close'] && proven - lost === bounded;
  }
}

/** Two processes of a deployment over one database, and what their clients saw. */
class Group {
  readonly rows = new Rows(seeded(SEED));
  readonly processes: readonly Process[];
  readonly witnesses = Array.from({ length: PROCESSES }, () => new Witness());
  readonly deployment: Deployment;
  /** Moments at which every row had been invalidated since it was written last, by whomever. */
  readonly #settled: Event[] = [];

  constructor(deployment: Deployment, port: number) {
    this.deployment = deployment;
    this.processes = this.witnesses.map(() => startProcess(deployment, port));
  }

  settled(): void {
    const now = performance.now();
    for (const user of USERS) {
      for (const key of KEYS) {
        const version = this.rows.version(user, key);
        this.#settled.push({ kind: 'write', user, key, start: now, end: now, version });
      }
    }
  }

  /** What each process may rely on: all that resolved, and what it had rejected itself. */
  verdict(): { stale: number; foreign: number } {
    const verdicts = this.witnesses.map((own) => {
      const others = this.witnesses.filter((witness) => witness !== own).flatMap(({ resolved }) => resolved);
      const elsewhere = [...others, ...this.#settled];
      const later = this.deployment.l1 === 'bounded' ? MAX_STALE : 0;
      return judge([
        ...own.reads,
        ...own.resolved,
        ...own.rejected,
        ...elsewhere.map((write) => ({ ...write, end: write.end + later })),
      ]);
    });
    const sum = (of: 'stale' | 'foreign'): number => verdicts.reduce((total, verdict) => total + verdict[of], 0);
    return { stale: sum('stale'), foreign: sum('foreign') };
  }
}

/** Lets the faults strike one after another while all deployments are at work, and waits for recovery after each. */
export async function campaign(plan: readonly (readonly [name: string, fault: Fault])[]) {
  const random = seeded(SEED);
  // What is written survives a SIGKILL, if the test does not take it away.
  await using server = await RedisServer.start(
    ...['--appendonly', 'yes', '--appendfsync', 'no', '--enable-debug-command', 'yes'],
  );
  const admin = new Redis(server.port, '127.0.0.1', { retryStrategy: () => 10, maxRetriesPerRequest: null });
  admin.on('error', () => undefined);
  const ledger = new Ledger();
  subscribe('express-user-cache', ledger.listen);
  // Node warns of listeners that pile up: something is done again and again while nothing answers.
  const warnings: string[] = [];
  const onWarning = ({ message }: Error): void => {
    warnings.push(`a warning: ${message}`);
  };
  process.on('warning', onWarning);
  const groups = deployments.map((deployment) => new Group(deployment, server.port));
  const processes = groups.flatMap((group) => group.processes);
  await Promise.all(processes.map((process) => process.ready()));

  let stopped = false;
  let calm = false;
  const readers: Client[] = [];
  const writers: Client[] = [];
  const running: Promise<void>[] = [];
  for (const { processes, witnesses, rows } of groups) {
    for (const [index, own] of processes.entries()) {
      const witness = witnesses[index] ?? new Witness();
      const client = (): Client => new Client(own, rows, seeded(random.between(1, 2 ** 31)), witness);
      // One writer for a row: whoever sets a row that somebody else writes at the same time is wrong by themselves.
      const written = KEYS.filter((key) => key % PROCESSES === index);
      const writer = client();
      writers.push(writer);
      running.push(
        writer.run(
          'write',
          () => stopped,
          () => calm,
          written,
        ),
      );
      for (let i = 0; i < READERS; i++) {
        const reader = client();
        readers.push(reader);
        running.push(
          reader.run(
            'read',
            () => stopped,
            () => false,
          ),
        );
      }
    }
  }
  const moved = async (): Promise<void> => {
    const since = performance.now();
    await until(() => [...readers, ...writers].every(({ endedSince }) => endedSince > since));
  };
  const hits = async (process: Process, user: string): Promise<boolean> => {
    await process.forUser(user).getOrSet(['row', 'probe'], () => 'stored');
    return (await process.forUser(user).get(['row', 'probe'])) === 'stored';
  };

  let lapsed = 0;
  const recoveries: number[] = [];
  for (const [name, fault] of plan) {
    try {
      await fault({ server, admin, random, moved });
      const over = performance.now();
      calm = true;
      await until(() => writers.every(({ isIdle }) => isIdle));
      await until(() => ledger.isSettled());
      for (const group of groups) group.settled();
      // Where a release was lost, the hold stands until its time has passed.
      lapsed += await lapse(admin);
      await Promise.all(processes.flatMap((process) => USERS.map((user) => until(() => hits(process, user)))));
      recoveries.push(performance.now() - over);
      calm = false;
      await moved();
    } catch (error) {
      throw new Error(`${name}: it never came to hold`, { cause: error });
    }
  }
  stopped = true;
  await Promise.all(running);
  await Promise.all(processes.map((process) => process.close()));
  unsubscribe('express-user-cache', ledger.listen);
  process.off('warning', onWarning);
  admin.disconnect();

  const witnesses = groups.flatMap((group) => group.witnesses);
  const count = (of: 'reads' | 'resolved' | 'rejected'): number =>
    witnesses.reduce((total, witness) => total + witness[of].length, 0);
  const late = witnesses.flatMap((witness) => witness.late).sort((a, b) => a - b);
  return {
    verdicts: groups.map((group) => ({ deployment: group.deployment.name, ...group.verdict() })),
    errors: [...warnings, ...witnesses.flatMap(({ errors }) => errors)],
    reads: count('reads'),
    hits: ledger.counts.hit,
    resolved: count('resolved'),
    rejected: count('rejected'),
    owed: ledger.counts.dirty,
    'breakers opened': ledger.counts['breaker-open'],
    'holds left': lapsed,
    'late p99, ms': Math.round(late[Math.floor(late.length * 0.99)] ?? 0),
    'late at most, ms': Math.round(late.at(-1) ?? 0),
    'recovered within, ms': Math.round(Math.max(...recoveries)),
  };
}
