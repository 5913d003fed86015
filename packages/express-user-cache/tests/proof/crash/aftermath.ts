import { Redis } from 'ioredis';
import { userCache } from '../../../src/index.js';
import { deferred } from '../../support/held.js';
import { lapse } from '../../support/lapse.js';
import { until } from '../../support/proof.js';
import { type Database, Doomed, type Point, type Row, type Setup } from './doomed.js';

const KEY = ['row', 1] as const;

/** What is promised of an operation whose process died after the row was written. */
type Promised =
  /** Nothing that was loaded before the write is stored or served after it. */
  | 'whatever happens'
  /** Nothing, unless Redis ran its last command: the caller never heard that it was done. */
  | 'if its last command ran';

interface Operation {
  readonly name: string;
  /** Others have the row in their caches, or are loading it. */
  readonly known: boolean;
  readonly promised: Promised;
}

const known = (name: string, promised: Promised): Operation => ({ name, known: true, promised });

export const operations: readonly Operation[] = [
  { name: 'getOrSet', known: false, promised: 'if its last command ran' },
  known('set', 'if its last command ran'),
  known('writeThrough', 'if its last command ran'),
  known('writeThrough that fails', 'if its last command ran'),
  known('invalidate', 'if its last command ran'),
  known('invalidateAll', 'if its last command ran'),
  known('mutate', 'whatever happens'),
  known('mutate of a namespace', 'whatever happens'),
  known('mutate that fails', 'whatever happens'),
];

type Cache = ReturnType<typeof survivor>;

const survivor = (port: number, { app, secret }: Setup, l1: Setup['l1']) =>
  userCache({
    redis: new Redis(port, '127.0.0.1', { lazyConnect: true }),
    app,
    namespaces: { row: { ttl: 'short', l1 } },
    deadlines: { read: 10_000, write: 10_000 },
    ...(secret !== undefined && { secret }),
  });

/** What the survivors of one crash saw. */
export interface Aftermath {
  readonly steps: number;
  readonly killed: boolean;
  readonly stale: number;
  readonly foreign: number;
  /** Reads of less than was written, of which nothing was promised. */
  readonly unpromised: number;
}

/** Four processes that live on. Two of them are loading the row, from before the write and from during it; one keeps copies. */
export class Survivors implements AsyncDisposable {
  readonly #port: number;
  readonly #setup: Setup;
  readonly #admin: Redis;
  readonly #idle: readonly Cache[];
  readonly #before: Cache;
  readonly #during: Cache;

  constructor(port: number, setup: Setup) {
    this.#port = port;
    this.#setup = setup;
    this.#admin = new Redis(port, '127.0.0.1');
    this.#idle = [survivor(port, setup, 'off'), survivor(port, setup, 'validated')];
    this.#before = survivor(port, setup, 'off');
    this.#during = survivor(port, setup, 'off');
  }

  /** `last`: how many steps the operation has. Without a point nobody dies. */
  async outlive(operation: Operation, user: string, point?: Point, last = 0): Promise<Aftermath> {
    await using doomed = await Doomed.start(this.#port, user, this.#setup);
    let version = 0;
    let [stale, foreign, unpromised] = [0, 0, 0];
    let promised = true;
    const load = (): Row => ({ user, version });
    /** Every one of these reads starts after whatever was written. */
    const check = async (caches: readonly Cache[]): Promise<void> => {
      for (const cache of caches) {
        const row = (await settled(cache.forUser(user).getOrSet(KEY, load))) as Row;
        if (row.user !== user) foreign += 1;
        if (row.version >= version) continue;
        if (promised) stale += 1;
        else unpromised += 1;
      }
    };
    const release = deferred<undefined>();
    const loading: Promise<unknown>[] = [];
    /** A load that has read the row now, and will be stored, if anything, at the end. */
    const startLoading = async (cache: Cache): Promise<void> => {
      const started = deferred<undefined>();
      const result = cache.forUser(user).getOrSet(KEY, async () => {
        const row = load();
        started.resolve(undefined);
        await release.promise;
        return row;
      });
      loading.push(result);
      await Promise.race([started.promise, result]);
    };
    const database: Database = {
      load,
      write: async () => {
        await startLoading(this.#during);
        await check(this.#idle);
        version += 1;
        return load();
      },
    };

    if (operation.known) {
      await startLoading(this.#before);
      await check(this.#idle);
    }
    const { steps, killed, key } = await doomed.run(operation.name, point, database);
    if (point && version > 0 && operation.promised === 'if its last command ran') {
      promised = point.step === last && point.side === 'after';
    }
    await check(this.#idle);
    release.resolve(undefined);
    await settled(Promise.all(loading));
    const all = [...this.#idle, this.#before, this.#during];
    await check(all);
    await lapse(this.#admin, key.replaceAll(/[[\]*?\\]/g, '\\$&'));
    await check(all);
    // The cache is one again: what was loaded last is there for everybody.
    for (const cache of all) {
      const row = (await cache.forUser(user).get(KEY)) as Row | undefined;
      if (row === undefined || (promised && row.version < version)) stale += 1;
    }
    version += 1;
    promised = true;
    await this.#before.forUser(user).invalidate(KEY);
    await check(all);
    return { steps, killed, stale, foreign, unpromised };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([...this.#idle, this.#before, this.#during].map((cache) => cache.close()));
    this.#admin.disconnect();
  }
}

/** The result, if it comes within what `until` waits: nobody may be kept waiting by who died. */
async function settled<T>(work: Promise<T>): Promise<T> {
  let isDone = false;
  void work.then(
    () => (isDone = true),
    () => (isDone = true),
  );
  await until(() => isDone);
  return work;
}
