import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

export interface Proxy {
  readonly url: string;
  /** Keeps requests from reaching the server, on connections that run scripts. */
  hold(): void;
  release(): void;
  close(): Promise<void>;
}

/** A road to the server that a test can close. */
export async function proxyTo(url: string): Promise<Proxy> {
  const { hostname, port } = new URL(url);
  const sockets = new Set<Socket>();
  let waiting: (() => void)[] | undefined;
  const server = createServer((client) => {
    const upstream = connect(Number(port), hostname);
    let late = false;
    for (const socket of [client, upstream]) sockets.add(socket.on('error', () => undefined));
    upstream.pipe(client);
    client.on('close', () => upstream.destroy());
    client.on('data', (data) => {
      late ||= waiting !== undefined && data.includes('evalsha');
      if (late && waiting) waiting.push(() => upstream.write(data));
      else upstream.write(data);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `redis://127.0.0.1:${(server.address() as AddressInfo).port}`,
    hold() {
      waiting = [];
    },
    release() {
      const held = waiting ?? [];
      waiting = undefined;
      for (const send of held) send();
    },
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
