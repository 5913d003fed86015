import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const SERVER = fileURLToPath(new URL('../../dist/server.js', import.meta.url));

export interface Ended {
  readonly code: number | null;
  readonly lines: readonly string[];
}

/** `node dist/server.js`, with nothing of this process's environment but what is named. */
export class ServerProcess {
  readonly #child: ChildProcess;
  readonly #lines: string[] = [];
  readonly ended: Promise<Ended>;

  constructor(env: Record<string, string>) {
    if (!existsSync(SERVER)) throw new Error(`${SERVER} is not there: run "npm run build" in the workspace first`);
    this.#child = spawn(process.execPath, [SERVER], {
      env: { PATH: process.env.PATH, HOME: process.env.HOME, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.ended = this.#watch();
  }

  /** The address that the server prints. @throws Error with what it said instead, where it ends before */
  async address(): Promise<string> {
    for (;;) {
      const address = this.#lines.map((line) => /^mongo-chat: (http:\/\/\S+)$/.exec(line)?.[1]).find(Boolean);
      if (address !== undefined) return address;
      const ended = await Promise.race([this.ended, this.#nextLine()]);
      if (ended) throw new Error(`the server ended with ${String(ended.code)}: ${ended.lines.join('\n')}`);
    }
  }

  /** Tells it to end, by its pid, and waits until it has. */
  async stop(): Promise<Ended> {
    this.#child.kill('SIGTERM');
    return this.ended;
  }

  #wake: () => void = () => undefined;
  #line = new Promise<void>((resolve) => (this.#wake = resolve));

  #nextLine(): Promise<void> {
    return this.#line;
  }

  async #watch(): Promise<Ended> {
    for (const output of [this.#child.stdout, this.#child.stderr]) {
      if (!output) continue;
      createInterface({ input: output }).on('line', (line) => {
        this.#lines.push(line);
        this.#wake();
        this.#line = new Promise((resolve) => (this.#wake = resolve));
      });
    }
    await once(this.#child, 'close');
    return { code: this.#child.exitCode, lines: this.#lines };
  }
}
