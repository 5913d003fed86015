import type { CacheEvent } from '../observe/events.js';
import { directivesOf } from './cache-control.js';

/** Why a response is not stored. */
export interface Refusal {
  readonly cause: Extract<CacheEvent, { type: 'unstorable' }>['cause'];
  /** The name of the header that is to blame. */
  readonly header?: string;
}

/** The headers that an entry holds. */
export const HELD = [
  'cache-control',
  'content-disposition',
  'content-language',
  'content-type',
  'etag',
  'last-modified',
  'link',
  'vary',
  'x-content-type-options',
] as const;

/** What belongs to the connection or is made anew for each answer. */
const PASSING = ['accept-ranges', 'connection', 'content-length', 'date', 'keep-alive', 'transfer-encoding'];

/** The names in a `Vary` header, in lower case. Every entry holds the plain body, which all encodings are made of. */
export const namesOf = (vary: string): string[] =>
  vary
    .split(',')
    .map((name) => name.trim().toLowerCase())
    .filter((name) => name !== '' && name !== 'accept-encoding');

/** What a head is judged by. */
export interface Bounds {
  readonly statuses: readonly number[];
  /** The headers that an entry holds, and those that are the cache's own. */
  readonly held: ReadonlySet<string>;
  /** The names of the request's headers that are part of its key. */
  readonly keyed: ReadonlySet<string>;
}

/**
 * Why a response with this head is not stored. **A hit must look like its miss**: what the handler changed of the headers that
 * stood before it must be held, or the response is not.
 */
export function unstorable(
  status: number,
  headers: ReadonlyMap<string, string>,
  before: ReadonlyMap<string, string>,
  { statuses, held, keyed }: Bounds,
): Refusal | undefined {
  if (!statuses.includes(status)) return { cause: 'status' };
  if (headers.has('set-cookie')) return { cause: 'set-cookie' };
  const directives = directivesOf(headers.get('cache-control') ?? '');
  if (directives.some((directive) => directive === 'no-store' || directive.startsWith('private='))) {
    return { cause: 'cache-control' };
  }
  if ((headers.get('content-encoding') ?? 'identity') !== 'identity') return { cause: 'content-encoding' };
  if (!namesOf(headers.get('vary') ?? '').every((name) => keyed.has(name))) return { cause: 'vary' };
  for (const header of new Set([...headers.keys(), ...before.keys()])) {
    if (headers.get(header) === before.get(header) || held.has(header) || PASSING.includes(header)) continue;
    return { cause: 'header', header };
  }
  return undefined;
}
