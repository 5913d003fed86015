import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { describe } from 'vitest';

const installed = spawnSync('redis-server', ['--version']).status === 0;
if (!installed) console.warn('\n  SKIPPED: what a failing Redis does. There is no redis-server on the PATH\n');

export const describeWithServer: ReturnType<typeof describe.skipIf> = describe.skipIf(!installed);

/** A Redis of a test's own, which it may fill, kill and start again. Keeps nothing on disk unless its arguments say so. */
export class RedisServer implements AsyncDisposable {
  readonly port: number;
  readonly #args: readonly string[];
  readonly #directory: string;
  #process: ChildProcess | undefined;

  private constructor(port: number, directory: string, args: readonly string[]) {
    this.port = port;
    this.#directory = directory;
    this.#args = args;
  }

  static async start(...args: string[]): Promise<RedisServer> {
    const server = new RedisServer(await freePort(), await mkdtemp(join(tmpdir(), 'user-cache-')), args);
    await server.start();
    return server;
  }

  async start(): Promise<void> {
    const own = ['--port', String(this.port), '--bind', '127.0.0.1', '--save', '', '--dir', this.#directory];
    const server = spawn('redis-server', [...own, ...this.#args], { stdio: ['ignore', 'pipe', 'inherit'] });
    this.#process = server;
    for await (const line of createInterface(server.stdout)) {
      if (/ready to accept connections/i.test(line)) {
        // Whatever else it says must be read, or it stops when the pipe is full.
        server.stdout.resume();
        return;
      }
    }
    throw new Error('redis-server ended before it was ready');
  }

  get isRunning(): boolean {
    return this.#process?.exitCode === null && this.#process.signalCode === null;
  }

  /** As a crash ends it: nothing is said to anybody. */
  async kill(): Promise<void> {
    if (!this.#process || !this.isRunning) return;
    this.#process.kill('SIGKILL');
    await once(this.#process, 'exit');
  }

  /** What a server that is not running has kept is gone: it starts empty. */
  async lose(): Promise<void> {
    await rm(this.#directory, { recursive: true });
    await mkdir(this.#directory);
  }

  /** Stops it in the middle of what it does: connections stay, nothing is answered. */
  freeze(): void {
    this.#process?.kill('SIGSTOP');
  }

  thaw(): void {
    this.#process?.kill('SIGCONT');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill();
    await rm(this.#directory, { recursive: true });
  }
}

/** The bus of a cluster listens so far above its node. */
const BUS = 10_000;
const taken = new Set<number>();

/** A port that was free a moment ago, and the one of its bus, both below those that the system gives to whoever connects. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = 20_000 + Math.floor(Math.random() * 2_700);
    if (taken.has(port)) continue;
    taken.add(port);
    if ((await isFree(port)) && (await isFree(port + BUS))) return port;
  }
}

async function isFree(port: number): Promise<boolean> {
  const probe = createServer().listen(port, '127.0.0.1');
  const free = await Promise.race([once(probe, 'listening').then(() => true), once(probe, 'error').then(() => false)]);
  if (!free) return false;
  probe.close();
  await once(probe, 'close');
  return true;
}
