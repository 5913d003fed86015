import { expect } from 'vitest';
import { z } from 'zod';

export interface Answer {
  readonly status: number;
  /** X-User-Cache */
  readonly cache: string;
  readonly text: string;
  readonly body: unknown;
}

/** A browser of its own: keeps its cookie, and insists that every response says what the cache did. */
export class Client {
  readonly #base: string;
  #cookie: string | undefined;

  constructor(base: string) {
    this.#base = base;
  }

  /** The same session, at another process. */
  at(base: string): Client {
    const client = new Client(base);
    client.#cookie = this.#cookie;
    return client;
  }

  get(path: string): Promise<Answer> {
    return this.send('GET', path);
  }

  async send(method: string, path: string, body?: unknown): Promise<Answer> {
    return this.sendText(method, path, body === undefined ? undefined : JSON.stringify(body));
  }

  async sendText(method: string, path: string, text?: string, type = 'application/json'): Promise<Answer> {
    const response = await fetch(this.#base + path, {
      method,
      headers: {
        ...(this.#cookie === undefined ? {} : { cookie: this.#cookie }),
        ...(text === undefined ? {} : { 'content-type': type }),
      },
      ...(text === undefined ? {} : { body: text }),
    });
    for (const cookie of response.headers.getSetCookie()) this.#cookie = cookie.split(';', 1)[0];
    const answer = await response.text();
    const cache = response.headers.get('x-user-cache') ?? 'absent';
    expect(cache, `X-User-Cache of ${method} ${path}`).toMatch(/^(?:hit|miss|bypass)$/);
    const isJson = response.headers.get('content-type')?.startsWith('application/json') ?? false;
    const parsed: unknown = isJson ? JSON.parse(answer) : undefined;
    return { status: response.status, cache, text: answer, body: parsed };
  }

  async logIn(user: string): Promise<void> {
    expect(await this.send('POST', '/login', { user })).toMatchObject({ status: 200, body: { user } });
  }

  /** Starts a conversation and says something in it. */
  async converse(title: string, ...texts: string[]): Promise<string> {
    const id = idOf(await this.send('POST', '/conversations', { title }));
    for (const text of texts) {
      expect(await this.send('POST', `/conversations/${id}/messages`, { text })).toMatchObject({ status: 201 });
    }
    return id;
  }

  /** Reads twice: whatever it was before, it is cached now. */
  async warm(path: string): Promise<Answer> {
    await this.get(path);
    const answer = await this.get(path);
    expect(answer, path).toMatchObject({ cache: 'hit' });
    return answer;
  }
}

const idOf = ({ body }: Answer): string => z.object({ _id: z.string() }).parse(body)._id;
