import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { Gate } from './gate.js';

/** What one user's one row says. Every write raises its version. */
export interface Row {
  readonly user: string;
  readonly version: number;
}

export interface Database {
  readonly load: () => Row;
  readonly write: () => Promise<Row>;
}

/**
 * Before or after a step of an operation, the first being 1. A step is a command, or what the database is asked; after it
 * Redis or the database has done it, and the process never hears.
 */
export interface Point {
  readonly step: number;
  readonly side: 'before' | 'after';
}

export interface Setup {
  readonly app: string;
  readonly client: 5 | 6;
  readonly l1: 'off' | 'validated' | 'bounded';
  readonly secret?: string;
}

interface Ran {
  readonly steps: number;
  readonly killed: boolean;
  /** Where Redis keeps what it worked on. */
  readonly key: string;
}

/** A process that runs one operation and is killed at one point of it; with none it runs to its end. */
export class Doomed implements AsyncDisposable {
  readonly #worker: ChildProcess;
  readonly #gate: Gate;

  private constructor(worker: ChildProcess, gate: Gate) {
    this.#worker = worker;
    this.#gate = gate;
  }

  static async start(port: number, user: string, setup: Setup): Promise<Doomed> {
    const gate = await Gate.to(port);
    const parameters = JSON.stringify({ ...setup, port: gate.port, user });
    const worker = fork(fileURLToPath(new URL('worker.mjs', import.meta.url)), [parameters]);
    await once(worker, 'message');
    return new Doomed(worker, gate);
  }

  async run(operation: string, point: Point | undefined, database: Database): Promise<Ran> {
    const [worker, gate] = [this.#worker, this.#gate];
    let steps = 0;
    const isHere = (side: Point['side']): boolean => steps === point?.step && side === point.side;
    const kill = (): void => {
      worker.kill('SIGKILL');
    };
    gate.stopped = kill;
    gate.decide = () => {
      steps += 1;
      if (isHere('before')) return 'lost';
      return isHere('after') ? 'unanswered' : 'pass';
    };
    const answer = async (what: 'load' | 'write'): Promise<void> => {
      steps += 1;
      if (isHere('before')) {
        kill();
        return;
      }
      const row = await database[what]();
      if (isHere('after')) kill();
      else worker.send(row);
    };
    worker.on('message', (message: { ask?: 'load' | 'write'; done?: boolean }) => {
      if (message.ask) void answer(message.ask);
      // What it still sends belongs to no operation.
      if (message.done) gate.decide = () => 'pass';
    });
    const exited = once(worker, 'exit');
    worker.send(operation);
    const [, signal] = (await exited) as [number | null, string | null];
    return { steps, killed: signal === 'SIGKILL', key: gate.key };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#worker.kill('SIGKILL');
    await this.#gate[Symbol.asyncDispose]();
  }
}
