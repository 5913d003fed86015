import { setTimeout as pause } from 'node:timers/promises';
import { UserCacheError } from '../../../src/index.js';
import type { Random } from '../../../src/testing/random.js';
import type { Event } from '../race/history.js';
import { DEADLINES, type Process } from './fleet.js';

export const USERS = ['alice', 'bob', 'carol'];
export const KEYS = [0, 1, 2, 3];
/** What a load or a write takes at most, in ms. */
const WORK_MS = 6;

interface Row {
  readonly user: string;
  readonly key: number;
  readonly version: number;
}

/** The database of a deployment: a row is a number that every write raises. */
export class Rows {
  readonly #versions = new Map<string, number>();
  readonly #random: Random;

  constructor(random: Random) {
    this.#random = random;
  }

  version(user: string, key: number): number {
    return this.#versions.get(`${user} ${key}`) ?? 0;
  }

  async load(user: string, key: number): Promise<Row> {
    await this.#work();
    const version = this.version(user, key);
    await this.#work();
    return { user, key, version };
  }

  async write(user: string, key: number): Promise<Row> {
    await this.#work();
    const version = this.version(user, key) + 1;
    this.#versions.set(`${user} ${key}`, version);
    await this.#work();
    return { user, key, version };
  }

  #work(): Promise<void> {
    return pause(this.#random.between(0, WORK_MS / 2));
  }
}

/** What the calls of one process saw. */
export class Witness {
  readonly reads: Event[] = [];
  readonly resolved: Event[] = [];
  readonly rejected: Event[] = [];
  readonly errors: string[] = [];
  /** How many ms later than its deadlines allow each call settled. */
  readonly late: number[] = [];
}

/** Of the store's own errors a write may say this one, and a read none. */
const MAY_REJECT = 'ERR_UC_STORE_UNAVAILABLE';

/** Calls one after another, of one kind, until it is stopped. */
export class Client {
  /** When the call began that ended last. */
  endedSince = 0;
  isIdle = true;
  readonly #process: Process;
  readonly #rows: Rows;
  readonly #random: Random;
  readonly #witness: Witness;

  constructor(process: Process, rows: Rows, random: Random, witness: Witness) {
    this.#process = process;
    this.#rows = rows;
    this.#random = random;
    this.#witness = witness;
  }

  async run(kind: 'read' | 'write', isStopped: () => boolean, isPaused: () => boolean, keys = KEYS): Promise<void> {
    while (!isStopped()) {
      await pause(this.#random.between(2, 14));
      if (isPaused()) continue;
      this.isIdle = false;
      const start = performance.now();
      const user = this.#random.oneOf(USERS);
      if (kind === 'read') {
        await this.#read(user, [this.#random.oneOf(KEYS), this.#random.oneOf(KEYS)]);
      } else {
        const key = this.#random.oneOf(keys);
        await this.#write(user, key);
        // Nobody looks sooner than who has just written.
        await this.#read(user, [key, key]);
      }
      this.endedSince = start;
      this.isIdle = true;
    }
  }

  async #read(user: string, keys: readonly [number, number]): Promise<void> {
    const cache = this.#process.forUser(user);
    const start = performance.now();
    try {
      const values =
        this.#random.between(1, 4) === 1
          ? await cache.getMany(keys.map((key) => ['row', key] as const))
          : [await cache.getOrSet(['row', keys[0]], () => this.#rows.load(user, keys[0]))];
      const end = performance.now();
      for (const [index, value] of values.entries()) {
        if (value === undefined) continue;
        const row = value as Row;
        const key = keys[index] ?? -1;
        const foreign = row.user !== user || row.key !== key;
        this.#witness.reads.push({ kind: 'read', user, key, start, end, version: row.version, foreign });
      }
    } catch (error) {
      this.#witness.errors.push(`a read: ${String(error)}`);
    }
    // An entry that is a copy and out of date is asked for twice; then comes an open, and a fill.
    this.#took(start, 4 * DEADLINES.read);
  }

  async #write(user: string, key: number): Promise<void> {
    const cache = this.#process.forUser(user);
    const start = performance.now();
    const path = ['row', key] as const;
    const write = (): Promise<Row> => this.#rows.write(user, key);
    const calls: readonly (() => Promise<unknown>)[] = [
      () => write().then(() => cache.invalidate(path)),
      () => write().then(() => cache.invalidate(['row'])),
      () => write().then(() => cache.invalidateAll()),
      () => write().then((row) => cache.set(path, row)),
      () => cache.writeThrough(path, write),
      () => cache.mutate(path, write),
      () => cache.mutate(['row'], write),
    ];
    const { resolved, rejected, errors } = this.#witness;
    const settle = (into: Event[]): void => {
      const version = this.#rows.version(user, key);
      into.push({ kind: 'write', user, key, start, end: performance.now(), version });
    };
    try {
      await this.#random.oneOf(calls)();
      settle(resolved);
    } catch (error) {
      if (error instanceof UserCacheError && error.code === MAY_REJECT) settle(rejected);
      else errors.push(`a write: ${String(error)}`);
    }
    this.#took(start, 2 * DEADLINES.read + 2 * DEADLINES.write);
  }

  #took(start: number, allowed: number): void {
    this.#witness.late.push(performance.now() - start - allowed - WORK_MS);
  }
}
