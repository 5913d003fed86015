import { randomBytes } from 'node:crypto';
import { UserCacheError } from '../../errors.js';
import type { Control } from '../admission.js';
import type { Fill, Invalidation, Lease, LeaseAnswer, Snapshot, Store } from '../store.js';
import { Bus, type BusOptions } from './bus.js';
import type { Connection, RedisClient, Script } from './client.js';
import { isCluster } from './cluster.js';
import { ClusterBus } from './cluster-bus.js';
import { isDamage } from './damage.js';
import { within } from './deadline.js';
import { type Durability, runAndWait } from './durability.js';
import { keyOf } from './key.js';
import { type Deadlines, Link } from './link.js';

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
  readonly #link: Link;
  readonly #durability: Required<Durability> | undefined;
  readonly #bus: Bus | ClusterBus | undefined;
  readonly #channel: string;
  /** What the nonces of this store begin with. */
  #name = newName();
  #calls = 0;
  #probing = false;
  /** Whether the server knows HPEXPIRE, as it said last: asking again at every fill would cost it an error each time. */
  #fieldsExpire = true;

  constructor(client: RedisClient, deadlines: Deadlines = {}, { durability, bus, channel = '' }: Extras = {}) {
    this.#durability = durability && { ...DEFAULT_WAIT, ...durability };
    this.#link = new Link(client, deadlines, this.#durability?.timeout);
    // Behind a new connection there may be another server.
    this.#link.connection.on('close', () => {
      this.#fieldsExpire = true;
    });
    this.#channel = bus?.channel ?? channel;
    const { connection } = this.#link;
    const isOwn = (nonce: string): boolean => nonce.startsWith(this.#name);
    this.#bus =
      bus && (isCluster(connection) ? new ClusterBus(connection, bus, isOwn) : new Bus(client, connection, bus, isOwn));
  }

  async read(bucket: string, names: readonly string[]): Promise<Snapshot> {
    const fields = names.map((name) => `v:${name}`);
    try {
      return await this.#link.send(
        this.#link.deadlines.read,
        (connection) => {
          const key = keyOf(bucket);
          this.#link.askForPrimary(key);
          return connection.hmget(key, 'c', ...fields);
        },
        (reply) => this.#snapshot(reply, names.length),
      );
    } catch (error) {
      this.#link.failed(error);
      if (isDamage(error)) await this.#remove(bucket);
      else this.#probe(bucket);
      throw error;
    }
  }

  async open(bucket: string): Promise<Control> {
    const args = [newIncarnation(), EMPTY_BUCKET_MS];
    const [control] = await this.#run('ucOpen', bucket, this.#link.deadlines.read, args);
    if (typeof control !== 'string') throw this.#nonsense();
    return control;
  }

  async fill(bucket: string, fill: Fill): Promise<boolean> {
    const { stamp = '', supersedes, name, entry, ttl, maxEntries, prefixes } = fill;
    const ms = supersedes ? this.#link.deadlines.write : this.#link.deadlines.read;
    const tries = this.#fieldsExpire ? '1' : '';
    const args = [stamp, supersedes ? '1' : '', `v:${name}`, entry, ttl, maxEntries, this.#channel, tries, ...prefixes];
    const [outcome, expires] = await this.#run('ucFill', bucket, ms, args);
    if (outcome !== 'stored') return false;
    // One that did not try, sent again over a new connection, does not know.
    if (tries) this.#fieldsExpire = expires === '1';
    return true;
  }

  async lease(bucket: string, { name, stamp, id, ms, waited }: Lease): Promise<LeaseAnswer> {
    const args = [stamp, `l:${name}`, id, ms, waited ? '1' : ''];
    const [answer] = await this.#run('ucLease', bucket, this.#link.deadlines.read, args);
    return answer === 'taken' || answer === 'held' ? answer : 'free';
  }

  async invalidate(bucket: string, { prefixes, hold, release }: Invalidation): Promise<void> {
    const ms = this.#link.deadlines.write;
    if (prefixes === 'all') {
      await this.#run('ucForget', bucket, ms, [newIncarnation(), this.#channel]);
      return;
    }
    const holds = [hold?.id ?? '', hold?.ms ?? 0, release ?? ''];
    const args = [newIncarnation(), EMPTY_BUCKET_MS, ...holds, this.#channel, ...prefixes];
    await this.#run('ucInvalidate', bucket, ms, args);
  }

  async ready(): Promise<void> {
    await this.#link.ready();
    await this.read('ready', []);
    if (this.#bus) await within(this.#link.deadlines.write, this.#bus.ready(), () => undefined);
  }

  distrust(): void {
    this.#link.distrust();
  }

  async close(): Promise<void> {
    this.#bus?.close();
    await this.#link.close();
  }

  async #run(script: Script, bucket: string, ms: number, args: (string | number)[]): Promise<unknown[]> {
    const run = (): Promise<unknown[]> => this.#call(script, bucket, ms, args, this.#durability?.timeout);
    try {
      return await run();
    } catch (error) {
      // It may still happen, and nobody here waits for it any more: what it announces must count as somebody else's.
      this.#name = newName();
      this.#link.failed(error);
      if (!isDamage(error)) throw error;
      await this.#remove(bucket);
      return run();
    }
  }

  #call(script: Script, bucket: string, ms: number, args: (string | number)[], extra?: number): Promise<unknown[]> {
    let nonce = '';
    const call = (connection: Connection): Promise<unknown> => {
      nonce = `${this.#name}${(this.#calls++).toString(36)}`;
      const all = [keyOf(bucket), nonce, ...args];
      return this.#durability ? runAndWait(connection, script, all, this.#durability) : connection[script](...all);
    };
    const accept = (reply: unknown): unknown[] => {
      const [echo, ...answer] = Array.isArray(reply) ? (reply as unknown[]) : [];
      if (echo !== nonce) throw this.#nonsense();
      return answer;
    };
    return this.#link.send(ms, call, accept, extra);
  }

  /** A bucket that cannot be read is nobody's; one that failed every invalidation until it expires would be worse than none. */
  async #remove(bucket: string): Promise<void> {
    await this.#call('ucForget', bucket, this.#link.deadlines.write, [newIncarnation(), this.#channel]);
  }

  /**
   * After a read without an answer, asks whether the connection still pairs replies with commands: **when one reply is lost
   * and reads come one at a time, each gets the answer of the next, too late, for ever**. A fill without a stamp changes nothing.
   */
  #probe(bucket: string): void {
    if (this.#probing || !this.#link.isReady()) return;
    this.#probing = true;
    this.#call('ucFill', bucket, this.#link.deadlines.read, ['', '', '', '', 1, 1, '', ''])
      .catch(() => undefined)
      .finally(() => {
        this.#probing = false;
      });
  }

  #snapshot(reply: unknown, names: number): Snapshot {
    if (!isTexts(reply) || reply.length !== names + 1) throw this.#nonsense();
    const [control, ...entries] = reply;
    // Entries without a control string are no bucket's: no invalidation would reach them.
    if (control === null || control === undefined) return { control: undefined, entries: entries.map(() => undefined) };
    return { control, entries: entries.map((entry) => entry ?? undefined) };
  }

  #nonsense(): UserCacheError {
    this.distrust();
    return new UserCacheError(
      'ERR_UC_STORE_REPLY',
      'Redis answered something that was not asked; the connection is replaced',
    );
  }
}

const newName = (): string => randomBytes(6).toString('base64url');

const newIncarnation = (): string => randomBytes(16).toString('base64url');

const isTexts = (reply: unknown): reply is (string | null)[] =>
  Array.isArray(reply) && reply.every((text) => text === null || typeof text === 'string');
