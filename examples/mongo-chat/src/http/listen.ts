import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

const FIRST = 3_000;
const ATTEMPTS = 20;

/**
 * Listens on `port`, or where none was asked for on 3000 or the next that is free.
 *
 * @throws the error of `listen`, with code EADDRINUSE where the port is taken
 */
export async function listen(app: RequestListener, host: string, port: number | undefined): Promise<Server> {
  if (port !== undefined) return listenOn(app, host, port);
  for (let next = FIRST; ; next++) {
    try {
      return await listenOn(app, host, next);
    } catch (error) {
      if (!isTaken(error) || next === FIRST + ATTEMPTS) throw error;
    }
  }
}

export const isTaken = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === 'EADDRINUSE';

/** The address to open in a browser. */
export function addressOf(server: Server): string {
  const { address, port, family } = server.address() as AddressInfo;
  return `http://${family === 'IPv6' ? `[${address}]` : address}:${port}`;
}

async function listenOn(app: RequestListener, host: string, port: number): Promise<Server> {
  const server = createServer(app);
  server.listen(port, host);
  await once(server, 'listening');
  return server;
}
