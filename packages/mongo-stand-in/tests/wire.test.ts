import { once } from 'node:events';

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { startStandIn, type StandIn } from '../src/server.js';
import { frame, message, messageWithSequence, query, RawClient } from './raw-client.js';

describe('the wire of the stand-in', () => {
  let standIn: StandIn;
  let client: RawClient;
  const log: string[] = [];

  beforeAll(async () => {
    standIn = await startStandIn({ log: (line) => log.push(line) });
  });
  beforeEach(async () => {
    client = await RawClient.open(standIn.port);
  });
  afterEach(() => client.socket.destroy());
  afterAll(() => standIn.close());

  it('a message that arrives byte by byte is answered once', async () => {
    for (const byte of message({ ping: 1 }, 7)) client.socket.write(Buffer.of(byte));
    expect(await client.reply()).toEqual({ responseTo: 7, document: { ok: 1 } });
  });

  it('three messages and a half in one chunk are answered in order, the half when it is whole', async () => {
    const last = message({ ping: 1 }, 4);
    client.socket.write(
      Buffer.concat([message({ ping: 1 }, 1), message({ hello: 1 }, 2), message({ ping: 1 }, 3), last.subarray(0, 18)]),
    );
    expect(
      [await client.reply(), await client.reply(), await client.reply()].map(({ responseTo }) => responseTo),
    ).toEqual([1, 2, 3]);
    client.socket.write(last.subarray(18));
    expect((await client.reply()).responseTo).toBe(4);
  });

  it('the documents of a sequence are those of the command', async () => {
    const documents = [{ _id: 1 }, { _id: 2 }];
    expect(await client.ask(messageWithSequence({ insert: 'seq' }, 'documents', documents))).toEqual({ n: 2, ok: 1 });
  });

  it('a hello by OP_QUERY says what this server speaks', async () => {
    const hello = await client.ask(query({ isMaster: 1, helloOk: true }));
    expect(hello).toMatchObject({ ok: 1, helloOk: true, isWritablePrimary: true, maxWireVersion: 21 });
  });

  it('any other command by OP_QUERY is refused', async () => {
    expect(await client.ask(query({ ping: 1 }))).toMatchObject({ ok: 0, code: 352 });
  });

  it('an unacknowledged write is done and not answered', async () => {
    client.socket.write(message({ insert: 'silent', documents: [{ _id: 1 }] }, 1, 2));
    client.socket.write(message({ count: 'silent' }, 2));
    expect(await client.reply()).toEqual({ responseTo: 2, document: { n: 1, ok: 1 } });
  });

  it('an unknown command says what this server is and what to do', async () => {
    const { errmsg, ...answer } = await client.ask(message({ mapReduce: 'x' }));
    expect(answer).toEqual({ ok: 0, code: 59, codeName: 'CommandNotFound' });
    expect(errmsg).toMatch(/no such command: 'mapReduce'.*stand-in for development.*MONGODB_URI/);
  });

  const bodyOf = (kind: number, size: number) => {
    const body = Buffer.alloc(40);
    body.writeUInt8(kind, 4);
    body.writeInt32LE(size, 5);
    return body;
  };
  const length = (bytes: number) => {
    const header = Buffer.alloc(16);
    header.writeInt32LE(bytes, 0);
    return header;
  };

  it.each([
    ['a length below that of a header', length(15)],
    ['a negative length', length(-1)],
    ['a length beyond 48 MB', length(48_000_001)],
    ['another protocol', Buffer.from('GET / HTTP/1.1\r\n\r\n')],
    ['an unknown op code', frame(2012, Buffer.alloc(8))],
    ['unknown required flags', message({ ping: 1 }, 1, 8)],
    ['a section that ends behind its message', frame(2013, bodyOf(0, 4_000))],
    ['a section of an unknown kind', frame(2013, bodyOf(3, 10))],
    ['a section that is no BSON', frame(2013, bodyOf(0, 35))],
    ['a message without a body', frame(2013, Buffer.alloc(4))],
    ['a query that ends in its name', frame(2004, Buffer.from('\0\0\0\0admin'))],
  ])('%s closes the connection, and only that one', async (_name, bytes) => {
    const other = await RawClient.open(standIn.port);
    const closed = once(client.socket, 'close');
    client.socket.write(bytes);
    await closed;
    expect(log.pop()).toMatch(/^stand-in: closed a connection: /);
    expect(await other.ask(message({ ping: 1 }))).toEqual({ ok: 1 });
    other.socket.destroy();
  });

  it('a closed stand-in ends its connections and refuses new ones', async () => {
    const short = await startStandIn();
    const lingering = await RawClient.open(short.port);
    const ended = once(lingering.socket, 'close');
    await short.close();
    await ended;
    await expect(RawClient.open(short.port)).rejects.toThrow('ECONNREFUSED');
  });
});
