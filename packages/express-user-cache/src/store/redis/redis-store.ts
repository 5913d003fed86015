import { randomBytes } from 'node:crypto';
import { UserCacheError } from '../../errors.js';
import { publish } from '../../observe/events.js';
import type { Control } from '../admission.js';
import type { Fill, Invalidation, Snapshot, Store } from '../store.js';
import { type Connection, connect, type RedisClient, type Script } from './client.js';
import { isDamage } from './damage.js';
import { within } from './deadline.js';

/** How long a call may take, in ms. */
export interface Deadlines {
  /** Reads and fills: beyond it the load runs without the cache. 50 ms. */
  readonly read?: number;
  /** Invalidations, `set`, `writeThrough` and `mutate`: beyond it they reject. 2,000 ms. */
  readonly write?: number;
}

const DEFAULT_DEADLINES = { read: 50, write: 2_000 };
/** An opened bucket without entries only has to outlive the load that opened it; a later fill is refused, no more. */
const EMPTY_BUCKET_MS = 300_000;

const keyOf = (bucket: string): string => `uc:1:{${bucket}}`;

/** Buckets in Redis: one hash each, read with HMGET and changed only by the scripts beside this file. */
export class RedisStore implements Store {
  readonly #connection: Connection;
  readonly #deadlines: Required<Deadlines>;
  readonly #nonce = randomBytes(6).toString('base64url');
  #calls = 0;
  #wasReady = false;
  #nextReady: Promise<void> | undefined;
  #closed = false;
  #replacing = false;
  #probing = false;

  constructor(client: RedisClient, deadlines: Deadlines = {}) {
    this.#deadlines = { ...DEFAULT_DEADLINES, ...deadlines };
    this.#connection = connect(client, () => {
      this.distrust();
    });
    void this.#ready();
  }

  async read(bucket: string, names: readonly string[]): Promise<Snapshot> {
    const fields = names.map((name) => `v:${name}`);
    try {
      const reply = await this.#send(this.#deadlines.read, async (connection) => {
        const texts = await connection.hmget(keyOf(bucket), 'c', ...fields);
        if (!isTexts(texts) || texts.length !== fields.length + 1) throw this.#nonsense();
        return texts;
      });
      const [control, ...entries] = reply.map((text) => text ?? undefined);
      // Entries without a control string are no bucket's: no invalidation would reach them.
      return { control, entries: control === undefined ? names.map(() => undefined) : entries };
    } catch (error) {
      if (isDamage(error)) await this.#remove(bucket);
      else this.#probe(bucket);
      throw error;
    }
  }

  async open(bucket: string): Promise<Control> {
    const [control] = await this.#run('ucOpen', bucket, this.#deadlines.read, [incarnation(), EMPTY_BUCKET_MS]);
    if (typeof control !== 'string') throw this.#nonsense();
    return control;
  }

  async fill(bucket: string, fill: Fill): Promise<boolean> {
    const ms = fill.supersedes ? this.#deadlines.write : this.#deadlines.read;
    const [outcome] = await this.#run('ucFill', bucket, ms, [
      fill.stamp ?? '',
      fill.supersedes ? '1' : '',
      `v:${fill.name}`,
      fill.entry,
      fill.ttl,
      fill.maxEntries,
      ...fill.prefixes,
    ]);
    return outcome === 'stored';
  }

  async invalidate(bucket: string, { prefixes, hold, release }: Invalidation): Promise<void> {
    const ms = this.#deadlines.write;
    if (prefixes === 'all') {
      await this.#run('ucForget', bucket, ms, [incarnation()]);
      return;
    }
    const args = [incarnation(), EMPTY_BUCKET_MS, hold?.id ?? '', hold?.ms ?? 0, release ?? '', ...prefixes];
    await this.#run('ucInvalidate', bucket, ms, args);
  }

  async ready(): Promise<void> {
    await within(this.#deadlines.write, this.#ready());
    await this.read('ready', []);
  }

  distrust(): void {
    // A reply that arrived before the last replacement says nothing about the connection of now.
    if (!this.#isReady()) return;
    this.#replacing = true;
    this.#connection.once('close', () => {
      this.#replacing = false;
    });
    publish({ type: 'distrust' });
    this.#connection.disconnect(true);
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    try {
      await within(this.#deadlines.write, this.#connection.quit());
    } catch {
      this.#connection.disconnect();
    }
  }

  async #run(script: Script, bucket: string, ms: number, args: (string | number)[]): Promise<unknown[]> {
    const run = (): Promise<unknown[]> => this.#send(ms, () => this.#call(script, bucket, args));
    try {
      return await run();
    } catch (error) {
      if (!isDamage(error)) throw error;
      await this.#remove(bucket);
      return run();
    }
  }

  /** The answer of a script, which is checked even where nobody waits for it any more: it tells whether replies are shifted. */
  async #call(script: Script, bucket: string, args: (string | number)[]): Promise<unknown[]> {
    const nonce = `${this.#nonce}${(this.#calls++).toString(36)}`;
    const reply = await this.#connection[script](keyOf(bucket), nonce, ...args);
    const [echo, ...answer] = Array.isArray(reply) ? (reply as unknown[]) : [];
    if (echo !== nonce) throw this.#nonsense();
    return answer;
  }

  /** A bucket that cannot be read is nobody's; one that failed every invalidation until it expires would be worse than none. */
  async #remove(bucket: string): Promise<void> {
    await this.#send(this.#deadlines.write, () => this.#call('ucForget', bucket, [incarnation()]));
  }

  /**
   * After a read without an answer, asks whether the connection still pairs replies with commands: **when one reply is lost
   * and reads come one at a time, each gets the answer of the next, too late, for ever**. A fill without a stamp changes nothing.
   */
  #probe(bucket: string): void {
    if (this.#probing || !this.#isReady()) return;
    this.#probing = true;
    this.#call('ucFill', bucket, ['', '', '', '', 1, 1])
      .catch(() => undefined)
      .finally(() => {
        this.#probing = false;
      });
  }

  async #send<T>(ms: number, command: (connection: Connection) => Promise<T>): Promise<T> {
    if (this.#closed) throw new UserCacheError('ERR_UC_CLOSED', 'The cache was closed');
    const send = (): Promise<T> => command(this.#connection);
    try {
      return await within(ms, this.#mayWait(ms) ? this.#ready().then(send) : send());
    } catch (cause) {
      if (cause instanceof UserCacheError) throw cause;
      throw new UserCacheError('ERR_UC_STORE_UNAVAILABLE', 'Redis could not run a command', { cause });
    }
  }

  /**
   * Whether a call may wait for the connection. At start everything may; later only what must not be lost: a read that
   * waited for a reconnect would be slower than the load it is to save.
   */
  #mayWait(ms: number): boolean {
    return !this.#isReady() && (!this.#wasReady || ms === this.#deadlines.write);
  }

  /** A connection that is being replaced calls itself ready until it is closed. */
  #isReady(): boolean {
    return this.#connection.status === 'ready' && !this.#replacing;
  }

  /** One listener for all who wait. */
  #ready(): Promise<void> {
    if (this.#isReady()) return Promise.resolve();
    return (this.#nextReady ??= new Promise((resolve) => {
      this.#connection.once('ready', () => {
        this.#wasReady = true;
        this.#nextReady = undefined;
        resolve();
      });
    }));
  }

  #nonsense(): UserCacheError {
    this.distrust();
    return new UserCacheError(
      'ERR_UC_STORE_REPLY',
      'Redis answered something that was not asked; the connection is replaced',
    );
  }
}

const incarnation = (): string => randomBytes(16).toString('base64url');

const isTexts = (reply: unknown): reply is (string | null)[] =>
  Array.isArray(reply) && reply.every((text) => text === null || typeof text === 'string');
