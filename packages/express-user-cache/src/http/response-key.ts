import { createHash } from 'node:crypto';
import type { Request } from 'express';
import { UserCacheTypeError } from '../errors.js';
import type { KeyParameters } from '../key/encode.js';
import type { Parts } from '../handle/types.js';

/** Longer paths are keyed by the rest as one: a key has 16 parts at most. */
const MAX_SEGMENTS = 12;

/**
 * The key of a request's response, after the namespace. It begins with what an application can name to invalidate it: what
 * `key` says, or the segments of the path. The last part is what else tells two responses apart, exactly as it was sent.
 */
export function responseKey(
  req: Request,
  headers: Iterable<string>,
  key: ((req: Request) => Parts) | undefined,
): Parts {
  const varied = headersOf(req, headers);
  if (key) {
    const parts: unknown = key(req);
    if (!Array.isArray(parts)) {
      throw new UserCacheTypeError(
        'ERR_UC_BAD_KEY',
        'options.key of cache.response must return the parts of a key as an array',
      );
    }
    const route = `${req.baseUrl}${String((req.route as { path: string | RegExp } | undefined)?.path ?? '')}`;
    // Two routes that say the same key have two responses.
    return [...(parts as Parts), { response: 'key', route, headers: varied }];
  }
  const url = `${req.baseUrl}${req.url}`;
  const [path = '', ...rest] = url.split('?');
  const host = [req.protocol, req.hostname as string | undefined, req.headers.host].map(String);
  return [...segmentsOf(path), { response: 'url', host, path, query: queryOf(rest.join('?')), headers: varied }];
}

function segmentsOf(path: string): string[] {
  const segments = path.split('/').filter((segment) => segment !== '');
  const named = segments.slice(0, MAX_SEGMENTS).map((segment) => decoded(segment));
  return segments.length > MAX_SEGMENTS ? [...named, segments.slice(MAX_SEGMENTS).join('/')] : named;
}

/**
 * The parameters of a query by name, each as it was sent. The order of two names does not matter; that of `a[b]=1&a=2` may, as
 * query parsers go, so what begins with one name stays in order.
 */
function queryOf(query: string): KeyParameters {
  const parameters = new Map<string, string[]>();
  for (const pair of query.split('&')) {
    if (pair === '') continue;
    const [name = ''] = decoded((pair.split('=', 1)[0] ?? '').replaceAll('+', ' ')).split('[', 1);
    const same = parameters.get(name);
    if (same) same.push(pair);
    else parameters.set(name, [pair]);
  }
  return Object.fromEntries(parameters);
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Hashed: a key may be readable in the store, and these may be credentials. Absent and empty differ. */
function headersOf({ headers }: Request, names: Iterable<string>): KeyParameters {
  const values = new Map<string, string>();
  for (const name of names) {
    const value = headers[name];
    if (value !== undefined) values.set(name, createHash('sha256').update(String(value)).digest('base64url'));
  }
  return Object.fromEntries(values);
}
