import fc from 'fast-check';
import { UserCacheError } from '../../../src/index.js';
import type { Event } from '../race/history.js';
import type { Handle, Processes, Session } from './processes.js';

const READS = ['get', 'getMany', 'getOrSet'] as const;
const WRITES = [
  'invalidate',
  'invalidate the namespace',
  'invalidateAll',
  'mutate',
  'mutate and die',
  'writeThrough',
  'set',
] as const;
const USERS = ['alice', 'bob'];
const KEYS = [0, 1];
/** Its rows are written by `set` alone, and by one at a time: what is given to it is as old as the giver makes it. */
const SET_KEY = 2;

/**
 * A request: whose, where, what it does one after the other, and whose its session becomes after so many turns. A load waits for so
 * many turns around the reading of its row, and others do much in that time.
 */
export const request = fc.record({
  process: fc.nat({ max: 1 }),
  // Most want the same row: what does not meet does not race.
  user: fc.constantFrom('alice', ...USERS),
  operations: fc.array(
    fc.record({
      do: fc.oneof(
        { weight: 3, arbitrary: fc.constantFrom(...READS) },
        { weight: 2, arbitrary: fc.constantFrom(...WRITES) },
      ),
      key: fc.constantFrom(0, ...KEYS),
      slow: fc.nat({ max: 16 }),
    }),
    { minLength: 1, maxLength: 5 },
  ),
  becomes: fc.oneof(
    { weight: 2, arbitrary: fc.constant(undefined) },
    {
      weight: 1,
      arbitrary: fc.record({ user: fc.constantFrom('bob', 'carol', undefined), after: fc.nat({ max: 20 }) }),
    },
  ),
});

export type ClientRequest = typeof request extends fc.Arbitrary<infer R> ? R : never;

/** What a client saw, and where: times are logical. */
export interface Seen extends Event {
  readonly process: number;
  /** ms, at the end */
  readonly clock: number;
  /** A read that may have waited for the load of another. */
  readonly mayJoin: boolean;
  /** A write whose process died after it. */
  readonly dead: boolean;
}

interface Row {
  readonly user: string;
  readonly key: number;
  readonly version: number;
}

export interface Tally {
  hits: number;
  'changed hands': number;
  'other errors': number;
}

/** A database whose every answer waits for the scheduler, and the clients who read and write it through caches. */
export class Clients {
  readonly history: Seen[] = [];
  readonly #scheduler: fc.Scheduler;
  readonly #processes: Processes;
  readonly #tally: Tally;
  readonly #versions = new Map<string, number>();
  readonly #setting = new Map<string, Promise<void>>();
  #time = 0;

  constructor(scheduler: fc.Scheduler, processes: Processes, tally: Tally) {
    this.#scheduler = scheduler;
    this.#processes = processes;
    this.#tally = tally;
  }

  time(): number {
    return ++this.#time;
  }

  async serve({ process, user, operations, becomes }: ClientRequest): Promise<void> {
    const session: Session = { userId: user };
    const handle = this.#processes.handles[process]?.(session);
    if (!handle) throw new RangeError('there is no such process');
    const client: Client = { own: handle, process, user, session };
    const change = becomes !== undefined && becomes.user !== user;
    const changing = change ? this.#change(session, becomes) : undefined;
    // The handle is pinned by its first use, which is before the switch.
    await this.#read(client, 'get', 0).catch(() => undefined);
    for (const operation of operations) {
      try {
        await this.#operate(client, operation);
      } catch (error) {
        const isChanged = error instanceof UserCacheError && error.code === 'ERR_UC_OWNER_CHANGED';
        this.#tally[isChanged && change ? 'changed hands' : 'other errors'] += 1;
      }
    }
    await changing;
  }

  async #change(session: Session, { user, after }: NonNullable<ClientRequest['becomes']>): Promise<void> {
    for (let i = 0; i <= after; i++) await this.#turn('switch');
    session.userId = user;
  }

  /** What everybody finds in the end. */
  async readAll(): Promise<void> {
    await Promise.all(
      this.#processes.handles.flatMap((handle, process) =>
        USERS.map((user) => {
          const session = { userId: user };
          return this.#read({ own: handle(session), process, user, session }, 'getMany', 0);
        }),
      ),
    );
  }

  async #operate(client: Client, { do: what, key, slow }: ClientRequest['operations'][number]): Promise<void> {
    if (what === 'get' || what === 'getMany' || what === 'getOrSet') await this.#read(client, what, key, slow);
    else await this.#write(client, what, what === 'set' ? SET_KEY : key);
  }

  async #read(client: Client, what: (typeof READS)[number], key: number, slow = 0): Promise<void> {
    const { own } = client;
    const start = this.time();
    let loads = 0;
    const load = (): Promise<Row> => {
      loads += 1;
      return this.#load(client, key, slow);
    };
    const keys = what === 'getMany' ? [...KEYS, SET_KEY] : [key];
    const values: unknown[] =
      what === 'getMany'
        ? await own.getMany(keys.map((one) => ['row', one] as const))
        : [await (what === 'get' ? own.get(['row', key]) : own.getOrSet(['row', key], load))];
    for (const [index, value] of values.entries()) {
      if (value === undefined) continue;
      if (loads === 0) this.#tally.hits += 1;
      this.#note(
        { kind: 'read', start, mayJoin: what === 'getOrSet', dead: false },
        client,
        keys[index] ?? key,
        value as Row,
      );
    }
  }

  async #write(client: Client, what: (typeof WRITES)[number], key: number): Promise<void> {
    const { own, user } = client;
    const start = this.time();
    const path = ['row', key] as const;
    const write = (): Promise<Row> => this.#commit(user, key);
    const after = async (invalidate: () => Promise<void>): Promise<Row> => {
      const row = await write();
      await invalidate();
      return row;
    };
    const ways: Readonly<Record<typeof what, () => Promise<unknown>>> = {
      invalidate: () => after(() => own.invalidate(path)),
      'invalidate the namespace': () => after(() => own.invalidate(['row'])),
      invalidateAll: () => after(() => own.invalidateAll()),
      mutate: () => own.mutate(path, write),
      'mutate and die': () =>
        new Promise((resolve, reject) => {
          const never = new Promise<never>(() => undefined);
          own.mutate(path, () => write().then((row) => (resolve(row), never))).catch(reject);
        }),
      writeThrough: () => own.writeThrough(path, write),
      set: () =>
        this.#alone(`${user} ${key}`, async () => {
          const row = await write();
          await own.set(path, row);
          return row;
        }),
    };
    const row = (await ways[what]()) as Row;
    this.#note({ kind: 'write', start, mayJoin: false, dead: what === 'mutate and die' }, client, key, row);
  }

  #note(
    event: Pick<Seen, 'kind' | 'start' | 'mayJoin' | 'dead'>,
    { process, user, session }: Client,
    key: number,
    row: Row,
  ): void {
    // Neither another's, nor one's own once the request is another's.
    const foreign = row.user !== user || row.key !== key || (!event.dead && session.userId !== user);
    const [end, clock] = [this.time(), this.#processes.clock.now()];
    this.history.push({ ...event, user, key, end, version: row.version, foreign, process, clock });
  }

  /** As loads in applications do, it asks the session whose data to load, after it has waited. */
  async #load({ session }: Client, key: number, slow: number): Promise<Row> {
    for (let i = 0; i <= slow / 2; i++) await this.#turn('load');
    const user = session.userId ?? 'nobody';
    const row = { user, key, version: this.#versions.get(`${user} ${key}`) ?? 0 };
    for (let i = 0; i <= slow / 2; i++) await this.#turn('loaded');
    return row;
  }

  async #commit(user: string, key: number): Promise<Row> {
    await this.#turn('write');
    const version = (this.#versions.get(`${user} ${key}`) ?? 0) + 1;
    this.#versions.set(`${user} ${key}`, version);
    await this.#turn('written');
    return { user, key, version };
  }

  async #alone<T>(row: string, work: () => Promise<T>): Promise<T> {
    const before = this.#setting.get(row);
    const mine = (before ?? Promise.resolve()).then(work);
    this.#setting.set(
      row,
      mine.then(
        () => undefined,
        () => undefined,
      ),
    );
    return mine;
  }

  #turn(what: string): Promise<void> {
    return this.#scheduler.schedule(Promise.resolve(), what);
  }
}

interface Client {
  readonly own: ReturnType<Handle>;
  readonly process: number;
  readonly user: string;
  readonly session: Session;
}
