import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { Replies } from '../../../src/testing/replies.js';

/** What becomes of a command: whether Redis gets it, and whether its answer gets through. */
export type Verdict = 'pass' | 'lost' | 'unanswered';

/** A road to Redis with a gate: every command on a bucket, from when it is shut, is decided on by itself. */
export class Gate implements AsyncDisposable {
  /** What becomes of the next command. */
  decide: () => Verdict = () => 'pass';
  /** Called when a command has been lost, or was run and its answer kept back. */
  stopped: () => void = () => undefined;
  /** The key of the bucket that the last command was about. */
  key = '';
  readonly port: number;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  private constructor(server: Server, to: number) {
    this.#server = server;
    this.port = (server.address() as AddressInfo).port;
    server.on('connection', (client) => {
      this.#relay(client, connect(to, '127.0.0.1'));
    });
  }

  static async to(port: number): Promise<Gate> {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new Gate(server, port);
  }

  #relay(client: Socket, redis: Socket): void {
    // Commands have the form of replies: arrays of strings.
    const commands = new Replies();
    let shut = false;
    for (const socket of [client, redis]) {
      this.#sockets.add(socket);
      socket.setNoDelay(true);
      socket.on('error', () => undefined);
      socket.on('close', () => {
        this.#sockets.delete(socket);
        client.destroy();
        redis.destroy();
      });
    }
    client.on('data', (chunk: Buffer) => {
      for (const { bytes } of commands.add(chunk)) {
        if (shut) return;
        const key = /\r\n(uc:1:\{[^}]+\})\r\n/.exec(bytes.toString('latin1'))?.[1];
        const verdict = key === undefined ? 'pass' : this.decide();
        this.key = key ?? this.key;
        shut = verdict !== 'pass';
        if (verdict !== 'lost') redis.write(bytes);
        else this.stopped();
      }
    });
    redis.on('data', (chunk: Buffer) => {
      if (!shut) client.write(chunk);
      // The answer to the last command: those before it had theirs, as an operation sends one after another.
      else this.stopped();
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
    await once(this.#server, 'close');
  }
}
