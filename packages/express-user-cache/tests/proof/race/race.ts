import { fork } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Redis } from 'ioredis';
import { SEED } from '../../support/proof.js';
import { redisUrl } from '../../support/redis.js';
import { type Event, judge, type Verdict } from './history.js';

/** A row of the database, as it is cached. */
interface Row {
  readonly user: string;
  readonly key: number;
  readonly version: number;
}

/** What races: something that caches rows, and gets them out of the way when they change. */
interface Subject {
  read(user: string, key: number): Promise<Row>;
  /** Writes the row, and invalidates. What it resolved before must not be read after. */
  change(user: string, key: number): Promise<Row>;
  close(): Promise<unknown>;
}

/** The default export of a subject's module; it is called once in each process. */
export type OpenSubject = (around: {
  /** The Redis that all processes share, for caches that open connections of their own. */
  readonly url: string;
  readonly database: Redis;
  /** Names this race in the Redis. */
  readonly app: string;
  readonly load: (user: string, key: number) => Promise<Row>;
  readonly write: (user: string, key: number) => Promise<Row>;
  /** A whole number from 0, less than `n`. */
  readonly random: (n: number) => number;
  readonly settings: unknown;
}) => Subject | Promise<Subject>;

export interface RaceOptions {
  /** The module that exports an `OpenSubject`. */
  readonly subject: URL;
  /** What the subject should know, as JSON. */
  readonly settings?: unknown;
  readonly milliseconds: number;
}

interface Report {
  readonly history: Event[];
  readonly loads: number;
}

export const PROCESSES = 4;
const scale = { clients: 15, users: 8, keys: 6 };

/** Lets processes read and write the same rows through the subject at the same time, and judges what they saw. */
export async function race({ subject, ...options }: RaceOptions): Promise<Verdict & { readonly loads: number }> {
  const app = randomUUID().slice(0, 18);
  const workers = Array.from({ length: PROCESSES }, async (_, index) => {
    const parameters = { url: redisUrl, app, subject: subject.href, seed: SEED + index, ...scale, ...options };
    const worker = fork(fileURLToPath(new URL('worker.mjs', import.meta.url)), [JSON.stringify(parameters)]);
    const ended = once(worker, 'exit').then(([code]) => {
      throw new Error(`a process of the race ended with ${String(code)} before it had said what it saw`);
    });
    const [report] = (await Promise.race([once(worker, 'message'), ended])) as [Report];
    return report;
  });
  const reports = await Promise.all(workers);
  return {
    ...judge(reports.flatMap(({ history }) => history)),
    loads: reports.reduce((sum, { loads }) => sum + loads, 0),
  };
}
