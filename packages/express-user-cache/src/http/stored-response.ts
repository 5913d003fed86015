import { isUtf8 } from 'node:buffer';
import type { OutgoingHttpHeaders } from 'node:http';
import type { Request, Response } from 'express';

/** A response as an entry holds it. */
export interface StoredResponse {
  readonly status: number;
  /** By lower-case name. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** Whether `body` is base64, because it is not UTF-8. */
  readonly binary: boolean;
}

export function toStore(status: number, headers: Readonly<Record<string, string>>, body: Buffer): StoredResponse {
  const binary = !isUtf8(body);
  return { status, headers, body: body.toString(binary ? 'base64' : 'utf8'), binary };
}

/** A namespace is no type: what `set` put at such a key is not to be sent as a response. */
export function isStoredResponse(value: unknown): value is StoredResponse {
  if (typeof value !== 'object' || value === null) return false;
  const { status, headers, body, binary } = value as Partial<StoredResponse>;
  return (
    typeof status === 'number' &&
    typeof headers === 'object' &&
    typeof body === 'string' &&
    typeof binary === 'boolean' &&
    Object.values(headers).every((header) => typeof header === 'string')
  );
}

/** Sends a stored response, or says that the client has it already. */
export function replay(req: Request, res: Response, { status, headers, body, binary }: StoredResponse): void {
  const { vary, ...own } = headers;
  res.status(status);
  for (const [name, value] of Object.entries(own)) res.setHeader(name, value);
  // In addition to what others have put there for this request.
  if (vary !== undefined) res.vary(vary);
  if (req.fresh) {
    notModified(res);
    res.end();
    return;
  }
  const content = Buffer.from(body, binary ? 'base64' : 'utf8');
  res.setHeader('Content-Length', content.length);
  if (req.method === 'HEAD') res.end();
  else res.end(content);
}

/** Makes a response a 304, which has no body to describe (RFC 9110, section 15.4.5). */
export function notModified(res: Response): void {
  res.status(304);
  for (const name of ['Content-Type', 'Content-Length', 'Transfer-Encoding']) res.removeHeader(name);
}

/** The headers of a response as text. */
export const textsOf = (headers: OutgoingHttpHeaders): Map<string, string> =>
  new Map(Object.entries(headers).map(([name, value]) => [name, String(value)]));
