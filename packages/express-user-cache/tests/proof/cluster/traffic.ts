import { AsyncLocalStorage } from 'node:async_hooks';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { setTimeout as pause } from 'node:timers/promises';
import {
  type CacheEvent,
  type RedisClient,
  userCache,
  UserCacheError,
  type UserCacheMiddleware,
} from '../../../src/index.js';
import type { Durability } from '../../../src/store/redis/durability.js';
import { random, until } from '../../support/proof.js';
import { type Event, judge } from '../race/history.js';

const namespaces = { row: { ttl: 'short' } } as const;
type Cache = UserCacheMiddleware<typeof namespaces>;
const PROCESSES = 3;
const CLIENTS = 5;
const KEYS = 3;
const deadlines = { read: 100, write: 1_000 } as const;
/** What a busy machine may add to a deadline. */
const SLACK_MS = 2_000;
/** What a call may take: a read, an open and a fill with a load between them; two invalidations that wait for replicas. */
const LIMITS = { read: 3 * deadlines.read, write: 2 * (deadlines.write + 100) } as const;
/** What a write may say of a store that is gone. Reads never say anything. */
const CODES = ['ERR_UC_STORE_UNAVAILABLE', 'ERR_UC_STORE_REPLY'];

interface Row {
  readonly user: string;
  readonly key: number;
  readonly version: number;
}

interface Written extends Event {
  /** The cache has said that too few replicas have the invalidation. */
  readonly reported: boolean;
}

export interface Counts {
  reads: number;
  hits: number;
  writes: number;
  /** Writes that rejected. */
  rejected: number;
  reported: number;
  foreign: number;
  /** Reads of less than a write before them had promised, and had not reported to be at risk. */
  stale: number;
  /** Reads of less than only such writes had promised as were reported. */
  lost: number;
  'read errors': number;
  'other errors': number;
  late: number;
}

/** Users whose rows are read and written through several processes at once, and the judge of what they saw. */
export class Traffic implements AsyncDisposable {
  readonly users: readonly string[];
  readonly counts: Counts = {
    reads: 0,
    hits: 0,
    writes: 0,
    rejected: 0,
    reported: 0,
    foreign: 0,
    stale: 0,
    lost: 0,
    'read errors': 0,
    'other errors': 0,
    late: 0,
  };
  readonly #app: string;
  readonly #caches: readonly Cache[];
  readonly #rows = new Map<string, number>();
  readonly #writes: Written[] = [];
  #reads: Event[] = [];
  #running = false;
  /** The write under way that an event of this moment belongs to. */
  readonly #writing = new AsyncLocalStorage<{ reported: boolean }>();

  constructor(
    connect: () => RedisClient,
    { app, durability }: { app: string; durability?: Durability | undefined },
    users: number,
  ) {
    this.#app = app;
    this.users = Array.from({ length: users }, (_, n) => `user-${n}`);
    this.#caches = Array.from({ length: PROCESSES }, () =>
      userCache({ redis: connect(), namespaces, deadlines, app, durability }),
    );
  }

  /** Where Redis keeps a user. */
  keyOf(user: string): string {
    return `uc:1:{${this.#app}/${user}}`;
  }

  async ready(): Promise<void> {
    await Promise.all(this.#caches.map((cache) => cache.ready()));
  }

  /** Runs everything while `fault` lasts, and a while longer; then judges it. */
  async during(fault: () => Promise<void>): Promise<void> {
    subscribe('express-user-cache', this.#hear);
    this.#running = true;
    const clients = this.#caches.flatMap((cache) => Array.from({ length: CLIENTS }, () => this.#client(cache)));
    try {
      await this.more(100);
      await fault();
      await this.more(500);
    } finally {
      this.#running = false;
      await Promise.all(clients);
      unsubscribe('express-user-cache', this.#hear);
    }
    this.#judge();
  }

  /** Resolves when so many more reads have been answered. */
  async more(reads: number): Promise<void> {
    const enough = this.counts.reads + reads;
    await until(() => this.counts.reads >= enough);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const [first] = this.#caches;
    for (const user of this.users) await first?.invalidateUser(user).catch(() => undefined);
    await Promise.all(this.#caches.map((cache) => cache.close()));
  }

  readonly #hear = (message: unknown): void => {
    const event = message as CacheEvent;
    const writing = this.#writing.getStore();
    if (event.type === 'durability' && writing) {
      writing.reported = true;
      this.counts.reported += 1;
    }
    if (event.type === 'hit') this.counts.hits += 1;
  };

  async #client(cache: Cache): Promise<void> {
    while (this.#running) {
      const [user, key] = [random.oneOf(this.users), random.between(0, KEYS - 1)];
      const mine = cache.forUser(user);
      if (random.between(1, 8) === 1) await this.#write(mine, user, key);
      else await this.#read(mine, user, key);
      await pause(random.between(0, 2));
    }
  }

  async #read(mine: ReturnType<Cache['forUser']>, user: string, key: number): Promise<void> {
    const start = performance.now();
    try {
      const load = (): Promise<Row> => this.#row(user, key, 0);
      const row = (await mine.getOrSet(['row', key], load)) as Row;
      const foreign = row.user !== user || row.key !== key;
      this.#reads.push({ kind: 'read', user, key, start, end: performance.now(), version: row.version, foreign });
    } catch {
      this.counts['read errors'] += 1;
    }
    this.counts.reads += 1;
    this.#time(start, LIMITS.read);
  }

  async #write(mine: ReturnType<Cache['forUser']>, user: string, key: number): Promise<void> {
    const write = (): Promise<Row> => this.#row(user, key, 1);
    const path = ['row', key] as const;
    const changes: readonly (() => Promise<Row>)[] = [
      () => write().then((row) => mine.invalidate(path).then(() => row)),
      () => write().then((row) => mine.invalidate(['row']).then(() => row)),
      () => write().then((row) => mine.invalidateAll().then(() => row)),
      () => mine.mutate(path, write),
      () => mine.writeThrough(path, write),
    ];
    const start = performance.now();
    const writing = { reported: false };
    try {
      const { version } = await this.#writing.run(writing, random.oneOf(changes));
      const end = performance.now();
      this.#writes.push({ kind: 'write', user, key, start, end, version, reported: writing.reported });
    } catch (error) {
      if (error instanceof UserCacheError && CODES.includes(error.code)) this.counts.rejected += 1;
      else this.counts['other errors'] += 1;
    }
    this.counts.writes += 1;
    this.#time(start, LIMITS.write);
  }

  /** A row of the database, which takes its time. */
  async #row(user: string, key: number, change: 0 | 1): Promise<Row> {
    await pause(random.between(0, 3));
    const name = `${user} ${key}`;
    const version = (this.#rows.get(name) ?? 0) + change;
    this.#rows.set(name, version);
    await pause(random.between(0, 3));
    return { user, key, version };
  }

  #time(start: number, limit: number): void {
    if (performance.now() - start > limit + SLACK_MS) this.counts.late += 1;
  }

  /** **What was reported promises nothing**: a read that is stale without it breaks a promise. */
  #judge(): void {
    const { stale, foreign } = judge([...this.#reads, ...this.#writes.filter(({ reported }) => !reported)]);
    this.counts.stale += stale;
    this.counts.foreign += foreign;
    this.counts.lost += judge([...this.#reads, ...this.#writes]).stale - stale;
    this.#reads = [];
  }
}

/** What a proof calls a violation. */
export const violations = (counts: Counts): number =>
  counts.foreign + counts.stale + counts['read errors'] + counts['other errors'] + counts.late;
