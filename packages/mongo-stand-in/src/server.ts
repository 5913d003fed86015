import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import type { AddressInfo } from 'node:net';

import { dispatch, errorReply } from './commands/dispatch.js';
import { Cursors } from './cursors.js';
import { Databases } from './store/databases.js';
import type { Document } from './store/document.js';
import { FrameReader, ProtocolError } from './wire/frames.js';
import { Transactions } from './transactions.js';
import { readRequest, writeReply, type Request } from './wire/messages.js';

export interface StandIn {
  readonly port: number;
  /** Ends the server and every connection; the data is gone. */
  close(): Promise<void>;
}

export interface StandInOptions {
  /** Hears why a connection was closed by this side. */
  readonly log?: (line: string) => void;
}

const OP_QUERY_REFUSED: Document = {
  ok: 0,
  code: 352,
  codeName: 'UnsupportedOpQueryCommand',
  errmsg: 'Unsupported OP_QUERY command: only the first hello of a driver may come this way',
};

/** Starts the stand-in on a free port of 127.0.0.1. */
export async function startStandIn({ log = () => undefined }: StandInOptions = {}): Promise<StandIn> {
  const databases = new Databases();
  const cursors = new Cursors();
  const transactions = new Transactions();
  const sockets = new Set<Socket>();
  let connections = 0;
  const server = createServer((socket) => {
    const connectionId = ++connections;
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    serve(
      socket,
      (request) => answer(request, (command) => dispatch(command, { databases, cursors, transactions, connectionId })),
      log,
    );
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { port: (server.address() as AddressInfo).port, close: () => close(server, sockets) };
}

function serve(socket: Socket, respond: (request: Request) => Document, log: (line: string) => void): void {
  const reader = new FrameReader();
  socket.setNoDelay(true);
  // A client that resets its connection ends only that connection.
  socket.on('error', () => socket.destroy());
  socket.on('data', (chunk) => {
    try {
      for (const frame of reader.push(chunk)) {
        const request = readRequest(frame);
        const reply = encodeReply(request, respond(request));
        if (!request.silent) socket.write(reply);
      }
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      log(`stand-in: closed a connection: ${error.message}`);
      socket.destroy();
    }
  });
}

function answer({ kind, command }: Request, run: (command: Document) => Document): Document {
  const [name = ''] = Object.keys(command);
  return kind === 'query' && !['hello', 'isMaster', 'ismaster'].includes(name) ? OP_QUERY_REFUSED : run(command);
}

/** An answer that BSON cannot carry (more than its 17 MiB, say) is told to the client instead of ending the process. */
function encodeReply(request: Request, reply: Document): Buffer {
  try {
    return writeReply(request, reply);
  } catch (error) {
    return writeReply(request, errorReply(error));
  }
}

async function close(server: Server, sockets: ReadonlySet<Socket>): Promise<void> {
  const closed = once(server, 'close');
  server.close();
  for (const socket of sockets) socket.destroy();
  await closed;
}
