import { once } from 'node:events';
import { Agent, createServer, type IncomingHttpHeaders, request, type RequestListener, Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A request that a user sends. A path alone is a GET. */
export type IsolationRequest =
  | string
  | {
      readonly path: string;
      /** GET, or POST where there is a body. */
      readonly method?: string;
      readonly headers?: Readonly<Record<string, string>>;
      /** Sent as JSON. */
      readonly body?: unknown;
    };

/** An application: what `http.createServer` takes (an Express app is one), a server, or the URL where it listens. */
export type IsolationApp = RequestListener | Server | string | URL;

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** Two of them for all users, so that answers to different users follow each other on one connection. */
const SOCKETS = 2;

/** Speaks HTTP with an application over connections that all users share. */
export class Exchange implements AsyncDisposable {
  readonly #agent = new Agent({ keepAlive: true, maxSockets: SOCKETS });
  readonly #base: URL;
  readonly #own: Server | undefined;

  private constructor(base: URL, own: Server | undefined) {
    this.#base = base;
    this.#own = own;
  }

  /** Starts the application on a free port of this machine, unless it listens already. */
  static async with(app: IsolationApp): Promise<Exchange> {
    if (typeof app === 'string' || app instanceof URL) return new Exchange(new URL(app), undefined);
    const server = app instanceof Server ? app : createServer(app);
    const listening = server.listening;
    if (!listening) {
      server.listen(0, '127.0.0.1');
      await once(server, 'listening');
    }
    const { port } = server.address() as AddressInfo;
    return new Exchange(new URL(`http://127.0.0.1:${port}`), listening ? undefined : server);
  }

  async send(asked: IsolationRequest, own: Readonly<Record<string, string>>): Promise<Answer> {
    const { path, body, ...rest } = typeof asked === 'string' ? { path: asked } : asked;
    const content = body === undefined ? undefined : JSON.stringify(body);
    const sent = request(new URL(path, this.#base), {
      agent: this.#agent,
      method: methodOf(asked),
      headers: {
        ...(content !== undefined && {
          'content-type': 'application/json',
          'content-length': Buffer.byteLength(content),
        }),
        ...('headers' in rest && rest.headers),
        ...own,
      },
    });
    return new Promise((resolve, reject) => {
      sent.once('error', reject);
      sent.once('response', (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.once('error', reject);
        response.once('end', () => {
          const { statusCode = 0, headers } = response;
          resolve({ status: statusCode, headers, body: Buffer.concat(chunks).toString() });
        });
      });
      sent.end(content);
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#agent.destroy();
    if (!this.#own) return;
    const closed = once(this.#own, 'close');
    this.#own.close();
    await closed;
  }
}

export function methodOf(asked: IsolationRequest): string {
  if (typeof asked === 'string') return 'GET';
  return asked.method ?? (asked.body === undefined ? 'GET' : 'POST');
}

/** The cookies of an answer, as a browser would send them back. */
export const cookiesOf = ({ headers }: Answer): string =>
  (headers['set-cookie'] ?? []).map((cookie) => cookie.split(';', 1)[0]).join('; ');
