import { BSONError } from 'bson';

import { decode, encode, type Document } from '../store/document.js';
import { HEADER_BYTES, ProtocolError } from './frames.js';

const OP_REPLY = 1;
const OP_QUERY = 2004;
const OP_MSG = 2013;

const CHECKSUM_PRESENT = 1;
const MORE_TO_COME = 2;
/** Flag bits 0-15 of OP_MSG must be understood; the others may be ignored. */
const REQUIRED_BITS = 0xffff;

export interface Request {
  readonly requestId: number;
  /** OP_QUERY is how a driver says hello before it knows the server; every later command is an OP_MSG. */
  readonly kind: 'message' | 'query';
  readonly command: Document;
  /** An unacknowledged write: the client does not read an answer, and would take one for that of its next request. */
  readonly silent: boolean;
}

/** @throws ProtocolError where the frame is not a message of the protocol */
export function readRequest(frame: Buffer): Request {
  const requestId = frame.readInt32LE(4);
  const opCode = frame.readInt32LE(12);
  const body = frame.subarray(HEADER_BYTES);
  try {
    if (opCode === OP_MSG) return { requestId, kind: 'message', ...readMessage(body) };
    if (opCode === OP_QUERY) return { requestId, kind: 'query', command: readQuery(body), silent: false };
  } catch (error) {
    if (error instanceof BSONError || error instanceof RangeError)
      throw new ProtocolError(error.message, { cause: error });
    throw error;
  }
  throw new ProtocolError(`op code ${opCode} is not spoken here`);
}

/** https://www.mongodb.com/docs/manual/reference/mongodb-wire-protocol/#op_msg */
function readMessage(body: Buffer): Pick<Request, 'command' | 'silent'> {
  const flags = body.readUInt32LE(0);
  if ((flags & REQUIRED_BITS & ~(CHECKSUM_PRESENT | MORE_TO_COME)) !== 0)
    throw new ProtocolError(`unknown flags ${flags}`);
  const end = (flags & CHECKSUM_PRESENT) === 0 ? body.length : body.length - 4;
  let command: Document | undefined;
  const sequences: Document = {};
  for (let at = 4; at < end;) {
    const kind = body.readUInt8(at);
    const size = body.readInt32LE(at + 1);
    if (size < 5 || at + 1 + size > end) throw new ProtocolError(`a section of ${size} bytes is not possible`);
    const section = body.subarray(at + 1, at + 1 + size);
    if (kind === 0 && command === undefined) command = decode(section);
    else if (kind === 1) Object.assign(sequences, readSequence(section));
    else throw new ProtocolError(`a section of kind ${kind} is not possible here`);
    at += 1 + size;
  }
  if (command === undefined) throw new ProtocolError('a message without a body');
  return { command: { ...command, ...sequences }, silent: (flags & MORE_TO_COME) !== 0 };
}

/** A driver sends the documents of a bulk write beside the command, under the name of the field they stand for. */
function readSequence(section: Buffer): Document {
  const nameEnd = section.indexOf(0, 4);
  if (nameEnd === -1) throw new ProtocolError('a document sequence without a name');
  const documents: Document[] = [];
  for (let at = nameEnd + 1; at < section.length;) {
    const size = section.readInt32LE(at);
    if (size < 5 || at + size > section.length) throw new ProtocolError(`a document of ${size} bytes is not possible`);
    documents.push(decode(section.subarray(at, at + size)));
    at += size;
  }
  return { [section.toString('utf8', 4, nameEnd)]: documents };
}

function readQuery(body: Buffer): Document {
  const nameEnd = body.indexOf(0, 4);
  if (nameEnd === -1) throw new ProtocolError('a query without a collection');
  const at = nameEnd + 1 + 8;
  const size = body.readInt32LE(at);
  if (size < 5 || at + size > body.length) throw new ProtocolError(`a document of ${size} bytes is not possible`);
  const database = body.toString('utf8', 4, nameEnd).split('.', 1)[0] ?? '';
  return { ...decode(body.subarray(at, at + size)), $db: database };
}

export function writeReply({ requestId, kind }: Request, reply: Document): Buffer {
  const document = encode(reply);
  const prefix = kind === 'message' ? messagePrefix() : queryPrefix();
  const header = Buffer.alloc(HEADER_BYTES);
  header.writeInt32LE(HEADER_BYTES + prefix.length + document.length, 0);
  header.writeInt32LE(requestId, 8);
  header.writeInt32LE(kind === 'message' ? OP_MSG : OP_REPLY, 12);
  return Buffer.concat([header, prefix, document]);
}

/** Flags, then the kind of the one section. */
function messagePrefix(): Buffer {
  return Buffer.alloc(5);
}

/** Flags, cursor id, starting position, and the number of documents. */
function queryPrefix(): Buffer {
  const prefix = Buffer.alloc(20);
  prefix.writeInt32LE(1, 16);
  return prefix;
}
