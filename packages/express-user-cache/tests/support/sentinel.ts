import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis, type SentinelAddress } from 'ioredis';
import { expect } from 'vitest';
import { freePort, RedisServer } from './redis-server.js';

const NAME = 'main';
const QUICKLY = ['INFO-PERIOD', '100', 'PUBLISH-PERIOD', '100'];
/** How long elections and replication may take on a busy machine, in ms. */
const PATIENCE = { timeout: 40_000, interval: 50 };

/** A primary, a replica, and a Sentinel that watches them alone and is quick to promote the replica. */
export class Sentinel implements AsyncDisposable {
  /** The primary of the beginning. */
  readonly primary: RedisServer;
  readonly replica: RedisServer;
  /** Connections for the test itself. */
  readonly admin: { readonly primary: Redis; readonly replica: Redis; readonly sentinel: Redis };
  readonly #port: number;
  readonly #directory: string;
  readonly #process: ChildProcess;

  private constructor(primary: RedisServer, replica: RedisServer, port: number, directory: string) {
    this.primary = primary;
    this.replica = replica;
    this.#port = port;
    this.#directory = directory;
    this.#process = spawn('redis-server', [join(directory, 'sentinel.conf'), '--sentinel'], { stdio: 'ignore' });
    const admin = (to: number): Redis =>
      new Redis(to, '127.0.0.1', { maxRetriesPerRequest: null, retryStrategy: () => 50 }).on('error', () => undefined);
    this.admin = { primary: admin(primary.port), replica: admin(replica.port), sentinel: admin(port) };
  }

  static async start(...args: string[]): Promise<Sentinel> {
    const primary = await RedisServer.start('--repl-diskless-sync-delay', '0', ...args);
    const replica = await RedisServer.start('--replicaof', '127.0.0.1', String(primary.port), ...args);
    const directory = await mkdtemp(join(tmpdir(), 'user-cache-'));
    const port = await freePort();
    await writeFile(
      join(directory, 'sentinel.conf'),
      [
        `port ${port}`,
        'bind 127.0.0.1',
        `dir ${directory}`,
        `sentinel monitor ${NAME} 127.0.0.1 ${primary.port} 1`,
        // Shorter than its pings are apart, it takes the one that it has just promoted for dead.
        `sentinel down-after-milliseconds ${NAME} 1500`,
        // Twice as long it promotes nobody else, however slow the machine is.
        `sentinel failover-timeout ${NAME} 60000`,
      ].join('\n'),
    );
    const sentinel = new Sentinel(primary, replica, port, directory);
    await expect
      .poll(() => sentinel.admin.sentinel.call('SENTINEL', 'REPLICAS', NAME), PATIENCE)
      .toEqual([expect.arrayContaining(['slave', 'ok', String(replica.port)])]);
    await sentinel.replicated();
    // It looks every 10 s, and takes its time to demote a primary that comes back; Redis 7 lets a test say how often.
    await sentinel.admin.sentinel.call('SENTINEL', 'DEBUG', ...QUICKLY);
    return sentinel;
  }

  /** What a client of ioredis is told to find the primary. */
  get options(): { readonly sentinels: SentinelAddress[]; readonly name: string } {
    return { sentinels: [{ host: '127.0.0.1', port: this.#port }], name: NAME };
  }

  /** Resolves once the replica has all that this test's connection, or any other, has written to the primary. */
  async replicated(): Promise<void> {
    await this.admin.primary.set('written', 'last');
    expect(await this.admin.primary.wait(1, PATIENCE.timeout)).toBe(1);
  }

  /** Has the replica promoted while the primary is well. */
  async handOver(): Promise<void> {
    // It refuses until it has seen enough of the replica.
    const order = (): Promise<unknown> => this.admin.sentinel.call('SENTINEL', 'FAILOVER', NAME).catch(String);
    await expect.poll(order, PATIENCE).toBe('OK');
    await this.demoted();
  }

  /** Resolves once clients are sent to what was the replica. */
  async promoted(): Promise<void> {
    const address = ['127.0.0.1', String(this.replica.port)];
    await expect
      .poll(() => this.admin.sentinel.call('SENTINEL', 'GET-MASTER-ADDR-BY-NAME', NAME), PATIENCE)
      .toEqual(address);
  }

  /** Resolves once the primary of the beginning has been made a replica, and has what the new primary has. */
  async demoted(): Promise<void> {
    await expect
      .poll(() => this.admin.primary.info('replication').catch(() => ''), PATIENCE)
      .toMatch(/role:slave[^]*master_link_status:up/);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const redis of Object.values(this.admin)) redis.disconnect();
    this.#process.kill('SIGKILL');
    if (this.#process.exitCode === null && this.#process.signalCode === null) await once(this.#process, 'exit');
    await rm(this.#directory, { recursive: true });
    await Promise.all([this.primary, this.replica].map((server) => server[Symbol.asyncDispose]()));
  }
}
