import { UserCacheError } from '../../errors.js';
import { publish } from '../../observe/events.js';
import { type Connection, connect, type RedisClient } from './client.js';
import { isCluster, primariesAnswer } from './cluster.js';
import { within } from './deadline.js';

/** How long a call may take, in ms. */
export interface Deadlines {
  /** Reads and fills: beyond it the load runs without the cache. 50 ms. */
  readonly read?: number;
  /** Invalidations, `set`, `writeThrough` and `mutate`: beyond it they reject. 2,000 ms. */
  readonly write?: number;
}

const DEFAULT_DEADLINES = { read: 50, write: 2_000 };

/** A connection of our own: every call on it has a deadline, and it is replaced when its replies cannot be trusted. */
export class Link {
  readonly connection: Connection;
  readonly deadlines: Required<Deadlines>;
  #wasReady = false;
  #nextReady: Promise<void> | undefined;
  #closed = false;
  #replacing = false;

  constructor(client: RedisClient, deadlines: Deadlines) {
    this.deadlines = { ...DEFAULT_DEADLINES, ...deadlines };
    this.connection = connect(client, () => {
      this.distrust();
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
    if (this.#mayWait(ms)) return this.#sendWhenReady(ms + extra, command, accept);
    this.#gather();
    return within(ms + extra, command(this.connection), accept);
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

  distrust(): void {
    // A reply that arrived before the last replacement says nothing about the connection of now.
    if (!this.isReady()) return;
    this.#replacing = true;
    this.connection.once('close', () => {
      this.#replacing = false;
    });
    publish({ type: 'distrust' });
    this.connection.disconnect(true);
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
