import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type FaultProxy, faultProxy } from '../../src/testing/index.js';
import { seeded } from '../../src/testing/random.js';

/** A server that answers every character with itself, as a bulk string. */
function echoServer(): ReturnType<typeof createServer> {
  return createServer((socket) => {
    socket.on('error', () => undefined);
    socket.on('data', (data) => {
      for (const character of data.toString()) socket.write(`$1\r\n${character}\r\n`);
    });
  });
}

describe('a fault proxy', () => {
  const server = echoServer();
  let proxy: FaultProxy;
  const clients: Socket[] = [];

  beforeEach(async () => {
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    proxy = await faultProxy({ to: `redis://user:pass@127.0.0.1:${port}/0`, delay: 1 });
  });
  afterEach(async () => {
    for (const client of clients.splice(0)) client.destroy();
    await proxy.close();
    await proxy.close();
    server.close();
    await once(server, 'close');
  });

  /** Sends the characters and reads until `end` has arrived, or the connection ends. */
  async function ask(characters: string, end: string): Promise<string> {
    const client = connect(Number(new URL(proxy.url).port), '127.0.0.1');
    clients.push(client);
    client.on('error', () => undefined);
    client.write(characters);
    let received = '';
    for await (const chunk of client as AsyncIterable<Buffer>) {
      received += chunk.toString();
      if (received.endsWith(`${end}\r\n`)) break;
    }
    return received.replace(/\$1\r\n/g, '').replace(/\r\n/g, '');
  }

  it('passes replies on as they are, and counts them', async () => {
    expect(await ask('abc', 'c')).toBe('abc');
    expect(proxy.counts).toMatchObject({ connections: 1, replies: 3 });
    expect(Object.values(proxy.counts.faults).every((count) => count === 0)).toBe(true);
  });

  it('keeps what the URL says besides the address', () => {
    expect(proxy.url).toMatch(/^redis:\/\/user:pass@127\.0\.0\.1:\d+\/0$/);
  });

  it.each([
    ['drop', 'bc'],
    ['duplicate', 'aabc'],
    ['swap', 'bac'],
    ['inject', '+OKabc'],
    ['delay', 'abc'],
  ] as const)('can %s a reply', async (fault, received) => {
    proxy.next(fault);
    expect(await ask('abc', 'c')).toBe(received);
    expect(proxy.counts.faults[fault]).toBe(1);
  });

  it('can cut a connection in the middle of a reply', async () => {
    proxy.next('cut');
    expect(await ask('abc', 'c')).toBe('$1\r');
    expect(await ask('abc', 'c')).toBe('abc');
    expect(proxy.counts.connections).toBe(2);
  });

  it('keeps the order of what comes behind a delayed reply', async () => {
    proxy.next('delay');
    proxy.next('swap');
    proxy.next('delay');
    expect(await ask('abcdef', 'f')).toBe('acbdef');
  });

  it('injects a reply that it was told, else one that was given to anybody earlier', async () => {
    proxy.injects('$1\r\nx\r\n');
    proxy.next('inject');
    expect(await ask('a', 'a')).toBe('xa');
    proxy.injects(undefined);
    proxy.next('inject');
    expect(await ask('b', 'b')).toBe('ab');
  });

  it('does faults by a schedule that a seed repeats, and leaves the start of a connection alone', async () => {
    const text = 'abcdefghijklmnopqrstuvwxyz'.repeat(4);
    const schedule = { faults: ['drop', 'duplicate'], every: [2, 9], after: 20, seed: 7 } as const;
    proxy.schedule(schedule);
    const first = await ask(`${text}!!!`, '!');
    expect(first.slice(0, 20)).toBe(text.slice(0, 20));
    expect(proxy.counts.faults.drop).toBeGreaterThan(0);
    expect(proxy.counts.faults.duplicate).toBeGreaterThan(0);
    proxy.schedule(schedule);
    expect((await ask(`${text}!!!`, '!')).replace(/!+$/, '')).toBe(first.replace(/!+$/, ''));
    proxy.schedule();
    expect(await ask(text, 'z')).toContain(text.slice(0, 26));
  });

  it('cuts all connections, and takes new ones', async () => {
    const answer = ask('a', 'never');
    while (proxy.counts.replies === 0) await new Promise((resolve) => setImmediate(resolve));
    expect(proxy.counts.open).toBe(1);
    proxy.cut();
    expect(await answer.catch(() => 'cut')).toMatch(/^(a|cut)$/);
    expect(await ask('b', 'b')).toBe('b');
  });

  it('is for redis: URLs', async () => {
    await expect(faultProxy({ to: 'rediss://127.0.0.1:6379' })).rejects.toThrow(TypeError);
  });
});

describe('seeded numbers', () => {
  it('are the same for one seed, and in their range', () => {
    const numbers = (seed: number): number[] => {
      const random = seeded(seed);
      return Array.from({ length: 500 }, () => random.between(3, 7));
    };
    expect(numbers(1)).toEqual(numbers(1));
    expect(numbers(1)).not.toEqual(numbers(2));
    expect(new Set(numbers(0))).toEqual(new Set([3, 4, 5, 6, 7]));
    expect(() => seeded(1).oneOf([])).toThrow(RangeError);
  });
});
