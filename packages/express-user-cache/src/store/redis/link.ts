import { UserCacheError } from '../../errors.js';
import { publish } from '../../observe/events.js';
import { type Connection, connect, type RedisClient } from './client.js';
import { isCluster, primariesAnswer } from './cluster.js';
import { isReadOnly } from './damage.js';
import { within } from './deadline.js';

/** How long a call may take, in ms. */
export interface Deadlines {
  /** Reads and fills: beyond it the load runs without the cache. 50 ms. */
  readonly read?: number;
  /** Invalidations, `set`, `writeThrough` and `mutate`: beyond it they reject. 2,000 ms. */
  readonly write?: number;
}

const DEFAULT_DEADLINES = { read: 50, write: 2_000 };
/** How long a node that was seen to be the primary is taken for it. */
const PRIMARY_MS = 1_000;

/**
 * A connection of our own: every call on it has a deadline, and it is replaced when its replies cannot be trusted, or come
 * from a replica.
 */
export class Link {
  readonly connection: Connection;
  readonly deadlines: Required<Deadlines>;
  #wasReady = false;
  #nextReady: Promise<void> | undefined;
  #closed = false;
  #replacing = false;
  /** The node is left for another, and what it still answers does not count. */
  #left = false;
  #askedForPrimary = -Infinity;
  /** When the first command was sent of those since the last answer. */
  #askedAt: number | undefined;
  readonly #silence: number;

  /** `extra`: ms that an answer may take besides its deadline. */
  constructor(client: RedisClient, deadlines: Deadlines, extra = 0) {
    this.deadlines = { ...DEFAULT_DEADLINES, ...deadlines };
    this.#silence = 2 * this.deadlines.write + extra;
    this.connection = connect(client, () => {
      this.distrust();
    });
    this.connection.on('close', () => {
      this.#replacing = false;
      this.#left = false;
      this.#askedForPrimary = -Infinity;
    });
    this.connection.on('ready', () => {
      this.#askedAt = undefined;
    });
    void this.#ready();
  }

  /** A connection that is being replaced calls itself ready until it is closed. */
  isReady(): boolean {
    return this.connection.status === 'ready' && !this.#replacing;
  }

  async ready(): Promise<void> {
    await within(
      this.deadlines.write,
      this.#ready().then(() => this.#answers()),
      nothing,
    );
  }

  /**
   * What `accept` makes of the answer to a command. `extra`: ms that it may take besides its deadline.
   *
   * @throws {UserCacheError} `ERR_UC_STORE_UNAVAILABLE`, `ERR_UC_STORE_FULL`, `ERR_UC_CLOSED`
   */
  send<T>(
    ms: number,
    command: (connection: Connection) => Promise<unknown>,
    accept: (reply: unknown) => T,
    extra = 0,
  ): Promise<T> {
    if (this.#closed) return Promise.reject(new UserCacheError('ERR_UC_CLOSED', 'The cache was closed'));
    this.#leaveIfSilent();
    const answered = (reply: unknown): T => {
      this.#askedAt = undefined;
      const accepted = accept(reply);
      if (this.#left) throw new UserCacheError('ERR_UC_STORE_UNAVAILABLE', 'A node answered that was left');
      return accepted;
    };
    if (this.#mayWait(ms)) return this.#sendWhenReady(ms + extra, command, answered);
    this.#gather();
    return within(ms + extra, command(this.connection), answered);
  }

  async #sendWhenReady<T>(
    ms: number,
    command: (connection: Connection) => Promise<unknown>,
    accept: (reply: unknown) => T,
  ): Promise<T> {
    let wanted = true;
    const send = (): Promise<unknown> => {
      // Once it has rejected, whoever still wants it sends it again: all that failed in an outage must not go out at its end.
      if (!wanted) throw new UserCacheError('ERR_UC_STORE_UNAVAILABLE', 'The command was given up');
      return command(this.connection);
    };
    try {
      return await within(ms, this.#ready().then(send), accept);
    } finally {
      wanted = false;
    }
  }

  /**
   * To be called before a read of `key` is sent. **A primary that was made a replica goes on answering reads**, and need not
   * close its connections for it; so at most once a second a command goes ahead that only a primary runs, and that changes
   * nothing. Nodes of a Cluster redirect what they do not own.
   */
  askForPrimary(key: string): void {
    const now = performance.now();
    if (now - this.#askedForPrimary < PRIMARY_MS || isCluster(this.connection)) return;
    this.#askedForPrimary = now;
    this.connection.hdel(key, '').catch((error: unknown) => {
      if (isReadOnly(error)) this.#leave();
    });
  }

  distrust(): void {
    if (this.#replace()) publish({ type: 'distrust' });
  }

  /** To be told of every error: one that has a cause is an answer. */
  failed(error: unknown): void {
    if (error instanceof UserCacheError && error.cause !== undefined) this.#askedAt = undefined;
    if (isReadOnly(error)) this.#leave();
  }

  /** A host that is gone says nothing, and TCP waits for it for a quarter of an hour. */
  #leaveIfSilent(): void {
    const now = performance.now();
    this.#askedAt ??= now;
    if (now - this.#askedAt >= this.#silence) this.#leave();
  }

  /** For another node: this one is no primary any more, or not to be reached. */
  #leave(): void {
    if (this.#replace()) this.#left = true;
  }

  #replace(): boolean {
    // A reply that arrived before the last replacement says nothing about the connection of now.
    if (!this.isReady()) return false;
    this.#replacing = true;
    this.connection.disconnect(true);
    return true;
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    try {
      await within(this.deadlines.write, this.connection.quit(), nothing);
    } catch {
      this.connection.disconnect();
    }
  }

  /**
   * Whether a call may wait for the connection. At start everything may; later only what must not be lost: a read that
   * waited for a reconnect would be slower than the load it is to save.
   */
  #mayWait(ms: number): boolean {
    return !this.#wasReady || (!this.isReady() && ms === this.deadlines.write);
  }

  /**
   * Holds back what is written until everything that can run now has run: **the answers that arrive together are answered
   * by one packet**, where each command would cost a system call of its own, as much as all the rest of a read.
   */
  #gather(): void {
    const { stream } = this.connection;
    if (stream === undefined || stream.writableCorked > 0) return;
    stream.cork();
    process.nextTick(() => {
      stream.uncork();
    });
  }

  /** One listener for all who wait. */
  #ready(): Promise<void> {
    if (this.#wasReady && this.isReady()) return Promise.resolve();
    return (this.#nextReady ??= new Promise((resolve) => {
      const done = (): void => {
        this.#wasReady = true;
        this.#nextReady = undefined;
        resolve();
      };
      this.connection.once('ready', () => {
        this.#answers().then(done, done);
      });
    }));
  }

  /** A cluster is ready before its nodes are. */
  async #answers(): Promise<void> {
    if (isCluster(this.connection)) await primariesAnswer(this.connection);
  }
}

const nothing = (): void => undefined;
