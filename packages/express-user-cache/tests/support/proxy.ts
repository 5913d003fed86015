import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

/** A road to a server of this machine that a test can cut, while the server and what it holds live on. */
export class Proxy implements AsyncDisposable {
  readonly port: number;
  readonly #server: Server;
  readonly #sockets: Set<Socket>;
  readonly #road: { open: boolean };

  private constructor(server: Server, sockets: Set<Socket>, road: { open: boolean }) {
    this.port = (server.address() as AddressInfo).port;
    this.#server = server;
    this.#sockets = sockets;
    this.#road = road;
  }

  static async to(port: number): Promise<Proxy> {
    const sockets = new Set<Socket>();
    const road = { open: true };
    const keep = (socket: Socket, other: () => Socket): void => {
      sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => {
        sockets.delete(socket);
        other().destroy();
      });
    };
    const server = createServer((client) => {
      if (!road.open) {
        client.destroy();
        return;
      }
      const upstream = connect(port, '127.0.0.1');
      keep(client, () => upstream);
      keep(upstream, () => client);
      client.pipe(upstream).pipe(client);
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new Proxy(server, sockets, road);
  }

  cut(): void {
    this.#road.open = false;
    for (const socket of this.#sockets) socket.destroy();
  }

  heal(): void {
    this.#road.open = true;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.cut();
    this.#server.close();
    await once(this.#server, 'close');
  }
}
