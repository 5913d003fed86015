import { canonicalEntity } from '../db/entity.js';
import { printAlternative } from '../key/print.js';
import type { KeyAlternative, KeyShape } from '../key/shape.js';

/** A segment of a key: text, text with holes in it, or `undefined` where it could not be read. */
type Segment = RegExp | string | undefined;

/** The keys that one key expression stands for, told apart by segments: `pets:{id}` is not `pets:list:{id}`. */
export interface Family {
  readonly text: string;
  readonly segments: readonly Segment[];
  /** Whether every key below is meant too: an invalidation by prefix, or a pattern such as `pets:*`. */
  readonly below: boolean;
}

const SEPARATOR = /[:/|]/;
// Of the private use area: no key in a source has them.
const HOLE = '\uE000';
const UNKNOWN = '\uE001';

export function familiesOf(shape: KeyShape, byPrefix: boolean): Family[] {
  return shape.alternatives.map((alternative) => familyOf(alternative, byPrefix));
}

/** The keys of a prefix that the settings declare: `conversation:`. */
export function familyOfPrefix(prefix: string): Family {
  return familyFrom(prefix, prefix.replace(/[:/|*]+$/, ''), true);
}

function familyOf(parts: KeyAlternative, byPrefix: boolean): Family {
  let source = '';
  for (const part of parts) {
    // What stands at the front may be a whole key that was made elsewhere; further back it is taken for one segment.
    source += part.kind === 'literal' ? part.text : part.kind === 'hole' && source !== '' ? HOLE : UNKNOWN;
  }
  // An object of parameters brings braces of its own.
  const text = printAlternative(parts).replaceAll('{{', '{').replaceAll('}}', '}');
  return familyFrom(text, source, byPrefix);
}

function familyFrom(text: string, source: string, byPrefix: boolean): Family {
  const pattern = /[:/|]?\*$/.exec(source);
  const below = byPrefix || pattern !== null;
  const bare = (pattern ? source.slice(0, pattern.index) : source).replace(below ? /[:/|]$/ : /$^/, '');
  return { text, segments: bare.split(SEPARATOR).map(segmentOf), below };
}

function segmentOf(text: string): Segment {
  if (text.includes(UNKNOWN)) return undefined;
  if (!text.includes(HOLE) && !text.includes('*')) return text;
  const body = text.replaceAll(/[.+?^${}()[\]\\]/g, '\\$&').replaceAll(/[*\uE000]/g, '.*');
  return new RegExp(`^${body}$`, 's');
}

/** Whether clearing `cleared` can clear a key of `cached`. Only a proven difference is a no: what cannot be read may be the same. */
export function touches(cleared: Family, cached: Family): boolean {
  for (const [index, segment] of cleared.segments.entries()) {
    if (index >= cached.segments.length) return cached.below;
    const other = cached.segments[index];
    if (segment === undefined || other === undefined) return true;
    if (!agree(segment, other)) return false;
  }
  return cleared.below || cleared.segments.length === cached.segments.length;
}

function agree(left: RegExp | string, right: RegExp | string): boolean {
  if (typeof left === 'string') return typeof right === 'string' ? left === right : right.test(left);
  // Two segments with holes can be filled to the same text, unless what stands before the holes differs.
  return typeof right === 'string' ? left.test(right) : true;
}

/** Words in front of an owner's id: they say whose the key is, not what it holds. */
const OWNERS: ReadonlySet<string> = new Set([
  'user',
  'tenant',
  'account',
  'org',
  'organization',
  'workspace',
  'team',
  'u',
]);

/** The segments that name what is cached: those before the first hole, an owner (`user:{id}:`) left out. */
function namingSegments({ segments }: Family): string[] {
  const [first, second, third] = segments;
  const hasOwner = typeof first === 'string' && OWNERS.has(canonicalEntity(first)) && typeof second !== 'string';
  const rest = hasOwner && typeof third === 'string' ? segments.slice(2) : segments;
  const names: string[] = [];
  for (const segment of rest) {
    if (typeof segment !== 'string') break;
    if (segment !== '') names.push(...segment.split(/[.\-_]/).filter((word) => word !== ''), segment);
  }
  return names;
}

/** What stores keep beside cached rows, under keys that name an entity: `session:user:{id}`, `user:{id}:otp`. */
const NO_ROWS =
  /token|otp|secret|session|nonce|csrf|captcha|lock|mutex|limit|attempt|throttle|online|presence|typing|seen|socket|queue|job|verif|reset|challenge|health|mfa|webauthn|totp|\bstate\b/i;

/** Whether a key says that it holds a mark, a secret or a counter rather than rows. */
export function namesNoRows({ segments }: Family): boolean {
  return segments.some((segment) => typeof segment === 'string' && NO_ROWS.test(segment));
}

/** The entities a key may be named after, in their one spelling. */
export function entitiesNamed(family: Family): ReadonlySet<string> {
  if (namesNoRows(family)) return new Set();
  return new Set(namingSegments(family).map(canonicalEntity));
}

const LIST_WORDS: ReadonlySet<string> = new Set([
  'list',
  'lists',
  'all',
  'index',
  'count',
  'page',
  'recent',
  'feed',
  'search',
]);

/** Whether the name of a key says that it holds several rows: `conversations:{userId}`, `conversation:list`. */
export function namesList(family: Family): boolean {
  const words = family.segments.filter((segment) => typeof segment === 'string');
  return words.some((word) => LIST_WORDS.has(word.toLowerCase()) || (/s$/i.test(word) && !/(ss|us|is)$/i.test(word)));
}
