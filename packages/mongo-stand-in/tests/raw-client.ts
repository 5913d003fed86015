import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

import { deserialize, serialize } from 'bson';

import { FrameReader } from '../src/wire/frames.js';

type Document = Record<string, unknown>;

export function frame(opCode: number, body: Uint8Array, requestId = 1): Buffer {
  const header = Buffer.alloc(16);
  header.writeInt32LE(16 + body.length, 0);
  header.writeInt32LE(requestId, 4);
  header.writeInt32LE(opCode, 12);
  return Buffer.concat([header, body]);
}

/** An OP_MSG with one body section. */
export function message(command: Document, requestId = 1, flags = 0): Buffer {
  const prefix = Buffer.alloc(5);
  prefix.writeUInt32LE(flags, 0);
  return frame(2013, Buffer.concat([prefix, serialize({ ...command, $db: 'raw' })]), requestId);
}

/** An OP_MSG whose documents come in a section of their own, as drivers send a bulk write. */
export function messageWithSequence(command: Document, name: string, documents: Document[]): Buffer {
  const label = Buffer.from(`${name}\0`);
  const encoded = Buffer.concat(documents.map((document) => serialize(document)));
  const sequence = Buffer.alloc(5);
  sequence.writeUInt8(1, 0);
  sequence.writeInt32LE(4 + label.length + encoded.length, 1);
  const body = Buffer.concat([Buffer.alloc(5), serialize({ ...command, $db: 'raw' })]);
  return frame(2013, Buffer.concat([body, sequence, label, encoded]));
}

/** The OP_QUERY that drivers begin with. */
export function query(command: Document, collection = 'admin.$cmd'): Buffer {
  const prefix = Buffer.concat([Buffer.alloc(4), Buffer.from(`${collection}\0`), Buffer.alloc(8)]);
  return frame(2004, Buffer.concat([prefix, serialize(command)]));
}

export interface Reply {
  readonly responseTo: number;
  readonly document: Document;
}

/** A socket that sends bytes as they are given and reads whole replies. */
export class RawClient {
  readonly socket: Socket;
  readonly #reader = new FrameReader();
  readonly #replies: Reply[] = [];
  #wake: () => void = () => undefined;

  private constructor(socket: Socket) {
    this.socket = socket;
    socket.on('error', () => socket.destroy());
    socket.on('data', (chunk) => {
      for (const bytes of this.#reader.push(chunk)) {
        const headed = bytes.readInt32LE(12) === 2013 ? 16 + 5 : 16 + 20;
        this.#replies.push({ responseTo: bytes.readInt32LE(8), document: deserialize(bytes.subarray(headed)) });
      }
      this.#wake();
    });
  }

  static async open(port: number): Promise<RawClient> {
    const socket = connect(port, '127.0.0.1');
    await once(socket, 'connect');
    socket.setNoDelay(true);
    return new RawClient(socket);
  }

  async reply(): Promise<Reply> {
    for (;;) {
      const reply = this.#replies.shift();
      if (reply !== undefined) return reply;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  async ask(bytes: Buffer): Promise<Document> {
    this.socket.write(bytes);
    return (await this.reply()).document;
  }
}
