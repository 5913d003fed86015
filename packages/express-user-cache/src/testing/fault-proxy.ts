import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { relay } from './fault-relay.js';
import { type Chooser, chooser, type Fault, FAULTS, type FaultSchedule } from './faults.js';

/** What has passed through a fault proxy. */
export interface FaultCounts {
  /** Connections that were opened. */
  readonly connections: number;
  /** Connections that are open. */
  readonly open: number;
  /** Replies that came from Redis. */
  readonly replies: number;
  /** How often each fault was done. */
  readonly faults: Readonly<Record<Fault, number>>;
}

export interface FaultProxyOptions {
  /** The Redis behind the proxy: `redis://…`, with what else the URL says. */
  readonly to: string;
  /** How long a `delay` lasts, in ms. 20. */
  readonly delay?: number;
  /** Faults that come by themselves. Left out: only those asked for by `next`. */
  readonly schedule?: FaultSchedule;
}

/** @see faultProxy */
export interface FaultProxy extends AsyncDisposable {
  /** Where clients connect to in place of Redis. */
  readonly url: string;
  readonly counts: FaultCounts;
  /** Does this to the next reply of any connection. Faults that are asked for wait in line, and come before the schedule's. */
  next(fault: Fault): void;
  /** Starts a schedule, in place of the one before; without one, faults come only when asked for. */
  schedule(schedule?: FaultSchedule): void;
  /** What `inject` sends. Left out: a reply that Redis gave earlier, to whomever, else `+OK`. */
  injects(reply: string | Buffer | undefined): void;
  /** Ends all connections at once. New ones may come. */
  cut(): void;
  /** Ends all connections and stops listening. */
  close(): Promise<void>;
}

/** Replies that `inject` may send again, of all connections. */
const REMEMBERED = 64;

/**
 * A proxy in this process in front of a Redis, which knows where replies begin and end (RESP2 and RESP3) and can delay,
 * drop, duplicate, swap and inject whole replies or cut a connection in the middle of one: what networks, proxies and
 * client bugs do to a connection whose replies are paired with commands by nothing but their order.
 *
 * @throws {TypeError} where `to` is no `redis:` URL
 */
export async function faultProxy(options: FaultProxyOptions): Promise<FaultProxy> {
  const to = new URL(options.to);
  if (to.protocol !== 'redis:')
    throw new TypeError('options.to must be a redis: URL; replies under TLS cannot be read');
  const faults = Object.fromEntries(FAULTS.map((fault) => [fault, 0])) as Record<Fault, number>;
  const counts = { connections: 0, open: 0, replies: 0, faults };
  const asked: Fault[] = [];
  const earlier: Buffer[] = [];
  const sockets = new Set<Socket>();
  let choose: Chooser | undefined = options.schedule && chooser(options.schedule);
  let injected: Buffer | undefined;

  const server = createServer((client) => {
    const redis = connect(Number(to.port || 6379), to.hostname);
    counts.connections += 1;
    counts.open += 1;
    let replies = 0;
    const faultFor = (): Fault | undefined => {
      replies += 1;
      counts.replies += 1;
      const scheduled = choose?.(replies);
      const fault = asked.shift() ?? scheduled;
      if (fault) faults[fault] += 1;
      return fault;
    };
    const toInject = (): Buffer => injected ?? earlier[counts.replies % earlier.length] ?? Buffer.from('+OK\r\n');
    const remember = (reply: Buffer): void => {
      earlier.push(reply);
      if (earlier.length > REMEMBERED) earlier.shift();
    };
    const end = (): void => {
      client.destroy();
      redis.destroy();
    };
    client.once('close', () => (counts.open -= 1));
    for (const socket of [client, redis]) {
      sockets.add(socket);
      socket.setNoDelay(true);
      socket.on('error', end);
      socket.once('close', () => {
        sockets.delete(socket);
        end();
      });
    }
    client.pipe(redis);
    relay({ client, redis, end, faultFor, toInject, remember, delay: options.delay ?? 20 });
  });
  await listen(server);

  const url = new URL(to);
  url.hostname = '127.0.0.1';
  url.port = String((server.address() as AddressInfo).port);
  const cut = (): void => {
    for (const socket of sockets) socket.destroy();
  };
  const close = async (): Promise<void> => {
    if (!server.listening) return;
    const closed = once(server, 'close');
    server.close();
    cut();
    await closed;
  };
  return {
    url: url.href,
    counts,
    next(fault) {
      asked.push(fault);
    },
    schedule(schedule) {
      choose = schedule && chooser(schedule);
    },
    injects(reply) {
      injected = reply === undefined ? undefined : Buffer.from(reply);
    },
    cut,
    close,
    [Symbol.asyncDispose]: close,
  };
}

async function listen(server: Server): Promise<void> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
}
