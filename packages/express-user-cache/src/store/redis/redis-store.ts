import { randomBytes } from 'node:crypto';
import { UserCacheError } from '../../errors.js';
import type { Control } from '../admission.js';
import type { Fill, Invalidation, Snapshot, Store } from '../store.js';
import { Bus, type BusOptions } from './bus.js';
import { type Connection, connect, type RedisClient, type Script } from './client.js';
import { within } from './deadline.js';
import { type Durability, runAndWait } from './durability.js';
import { keyOf } from './key.js';

/** How long a call may take, in ms. */
export interface Deadlines {
  /** Reads and fills: beyond it the load runs without the cache. 50 ms. */
  readonly read?: number;
  /** Invalidations, `set`, `writeThrough` and `mutate`: beyond it they reject. 2,000 ms. */
  readonly write?: number;
}

const DEFAULT_DEADLINES = { read: 50, write: 2_000 };
const DEFAULT_WAIT = { timeout: 100 };
/** An opened bucket without entries only has to outlive the load that opened it; a later fill is refused, no more. */
const EMPTY_BUCKET_MS = 300_000;

/** What only some stores do. */
interface Extras {
  /** Every script waits for replicas: see `DurableRedisStore`, which keeps that away from reads. */
  readonly durability?: Durability | undefined;
  /** Announces what is invalidated, and listens to what others announce. */
  readonly bus?: BusOptions | undefined;
  /** Announces on this channel without listening. */
  readonly channel?: string | undefined;
}

/** Buckets in Redis: one hash each, read with HMGET and changed only by the scripts beside this file. */
export class RedisStore implements Store {
  readonly #connection: Connection;
  readonly #deadlines: Required<Deadlines>;
  readonly #durability: Required<Durability> | undefined;
  readonly #bus: Bus | undefined;
  readonly #channel: string;
  /** What the nonces of this store begin with. */
  #name = randomBytes(6).toString('base64url');
  #calls = 0;
  #wasReady = false;
  #nextReady: Promise<void> | undefined;
  #closed = false;

  constructor(client: RedisClient, deadlines: Deadlines = {}, { durability, bus, channel = '' }: Extras = {}) {
    this.#deadlines = { ...DEFAULT_DEADLINES, ...deadlines };
    this.#durability = durability && { ...DEFAULT_WAIT, ...durability };
    this.#connection = connect(client);
    this.#channel = bus?.channel ?? channel;
    this.#bus = bus && new Bus(client, this.#connection, bus, (nonce) => nonce.startsWith(this.#name));
    void this.#ready();
  }

  async read(bucket: string, names: readonly string[]): Promise<Snapshot> {
    const fields = names.map((name) => `v:${name}`);
    const reply = await this.#send(this.#deadlines.read, (connection) =>
      connection.hmget(keyOf(bucket), 'c', ...fields),
    );
    if (!isTexts(reply) || reply.length !== fields.length + 1) throw this.#nonsense();
    const [control, ...entries] = reply.map((text) => text ?? undefined);
    return { control, entries };
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
      this.#channel,
      ...fill.prefixes,
    ]);
    return outcome === 'stored';
  }

  async invalidate(bucket: string, { prefixes, hold, release }: Invalidation): Promise<void> {
    const ms = this.#deadlines.write;
    if (prefixes === 'all') {
      await this.#run('ucForget', bucket, ms, [incarnation(), this.#channel]);
      return;
    }
    const holds = [hold?.id ?? '', hold?.ms ?? 0, release ?? ''];
    const args = [incarnation(), EMPTY_BUCKET_MS, ...holds, this.#channel, ...prefixes];
    await this.#run('ucInvalidate', bucket, ms, args);
  }

  async ready(): Promise<void> {
    await within(this.#deadlines.write, this.#ready());
    await this.read('ready', []);
    if (this.#bus) await within(this.#deadlines.write, this.#bus.ready());
  }

  distrust(): void {
    this.#connection.disconnect(true);
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#bus?.close();
    try {
      await within(this.#deadlines.write, this.#connection.quit());
    } catch {
      this.#connection.disconnect();
    }
  }

  async #run(script: Script, bucket: string, ms: number, args: (string | number)[]): Promise<unknown[]> {
    const nonce = `${this.#name}${(this.#calls++).toString(36)}`;
    const durability = this.#durability;
    const all = [keyOf(bucket), nonce, ...args];
    const reply = await this.#send(ms, (connection) =>
      durability ? runAndWait(connection, script, all, durability) : connection[script](...all),
    ).catch((error: unknown) => {
      // It may still happen, and nobody here waits for it any more: what it announces must count as somebody else's.
      this.#name = randomBytes(6).toString('base64url');
      throw error;
    });
    const [echo, ...answer] = Array.isArray(reply) ? (reply as unknown[]) : [];
    if (echo !== nonce) throw this.#nonsense();
    return answer;
  }

  async #send(ms: number, command: (connection: Connection) => Promise<unknown>): Promise<unknown> {
    if (this.#closed) throw new UserCacheError('ERR_UC_CLOSED', 'The cache was closed');
    let wanted = true;
    // Once it has rejected, whoever still wants it sends it again: all that failed in an outage must not go out at its end.
    const send = async (): Promise<unknown> => (wanted ? command(this.#connection) : undefined);
    try {
      const allowed = ms + (this.#durability?.timeout ?? 0);
      return await within(allowed, this.#mayWait(ms) ? this.#ready().then(send) : send());
    } catch (cause) {
      if (cause instanceof UserCacheError) throw cause;
      if (isFull(cause)) throw new UserCacheError('ERR_UC_STORE_FULL', 'Redis has no memory left', { cause });
      throw new UserCacheError('ERR_UC_STORE_UNAVAILABLE', 'Redis could not run a command', { cause });
    } finally {
      wanted = false;
    }
  }

  /**
   * Whether a call may wait for the connection. At start everything may; later only what must not be lost: a read that
   * waited for a reconnect would be slower than the load it is to save.
   */
  #mayWait(ms: number): boolean {
    return this.#connection.status !== 'ready' && (!this.#wasReady || ms === this.#deadlines.write);
  }

  /** One listener for all who wait. */
  #ready(): Promise<void> {
    if (this.#connection.status === 'ready') return Promise.resolve();
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

/** Redis answers so under `maxmemory` with `noeviction`, to what would need memory and to nothing else. */
const isFull = (error: unknown): boolean => error instanceof Error && error.message.startsWith('OOM ');

const isTexts = (reply: unknown): reply is (string | null)[] =>
  Array.isArray(reply) && reply.every((text) => text === null || typeof text === 'string');
