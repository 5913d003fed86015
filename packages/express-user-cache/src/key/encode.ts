import { createHash } from 'node:crypto';
import { UserCacheTypeError } from '../errors.js';

/** A value that stands for itself in a key. `1`, `'1'` and `1n` are three different parts. */
export type KeyScalar = string | number | bigint | boolean;

/** A value inside a parameter object. A property that is `undefined` counts as absent. */
export type KeyParameter = KeyScalar | undefined | readonly KeyScalar[] | KeyParameters;

/** A plain object of parameters; the order of its properties does not matter. */
export interface KeyParameters {
  readonly [name: string]: KeyParameter;
}

/** One part of a key after its namespace. */
export type KeyPart = KeyScalar | KeyParameters;

const MAX_PARTS = 16;
const MAX_DEPTH = 8;
/** A part whose text is longer is replaced by its SHA-256, so that user input does not decide how long a name gets. */
const MAX_TEXT = 200;

const bad = (problem: string): UserCacheTypeError => new UserCacheTypeError('ERR_UC_BAD_KEY', problem);

/**
 * The text of every part of a key. **Injective**: two keys have the same texts only if they are equal part by part
 * (up to a SHA-256 collision in parts over 200 characters). Strings are percent-encoded and every other type begins
 * with a character that percent-encoding never leaves in a string, so neither types nor delimiters can be forged.
 *
 * @throws {UserCacheTypeError} `ERR_UC_BAD_KEY`
 */
export function encodeParts(parts: readonly unknown[]): string[] {
  if (parts.length > MAX_PARTS) throw bad(`A key has ${parts.length} parts; ${MAX_PARTS} are allowed`);
  return parts.map((part, index) => encodePart(part, `part ${index + 1} of the key`));
}

/** @see encodeParts; `where` names the part in an error, never its value. */
export function encodePart(part: unknown, where: string): string {
  const text = isPlainObject(part) ? encodeParameters(part, where, 1) : encodeScalar(part, where);
  return text.length > MAX_TEXT ? `$${createHash('sha256').update(text).digest('base64url')}` : text;
}

function encodeScalar(value: unknown, where: string): string {
  switch (typeof value) {
    case 'string':
      return encodeText(value, where);
    case 'number':
      if (!Number.isFinite(value)) throw bad(`${where} is not a finite number; check where it was parsed`);
      return `#${value}`;
    case 'bigint':
      return `#${value}n`;
    case 'boolean':
      return value ? '!true' : '!false';
    case 'undefined':
      throw bad(`${where} is undefined; check that it was set before the key was built`);
    default:
      throw bad(`${where} is ${describe(value)}; use a string, number, bigint, boolean or a plain object of them`);
  }
}

function encodeText(text: string, where: string): string {
  if (/^[\w.~-]*$/.test(text)) return text;
  // Ill-formed strings all become U+FFFD in UTF-8: two different users' ids would be the same bytes.
  if (!text.isWellFormed()) throw bad(`${where} is an ill-formed string (a lone surrogate)`);
  return encodeURIComponent(text).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);
}

function encodeParameters(parameters: object, where: string, depth: number): string {
  if (depth > MAX_DEPTH) throw bad(`${where} is nested more than ${MAX_DEPTH} deep`);
  if (Object.getOwnPropertySymbols(parameters).length > 0) throw bad(`${where} has a symbol as a property`);
  const pairs: string[] = [];
  for (const [name, value] of Object.entries(parameters).sort(([a], [b]) => (a < b ? -1 : 1))) {
    if (value === undefined) continue;
    const inside = `a parameter in ${where}`;
    pairs.push(`${encodeText(name, inside)}=${encodeParameter(value, inside, depth)}`);
  }
  return `(${pairs.join('&')})`;
}

function encodeParameter(value: unknown, where: string, depth: number): string {
  if (Array.isArray(value)) return `[${value.map((item) => encodeScalar(item, where)).join(',')}]`;
  return isPlainObject(value) ? encodeParameters(value, where, depth + 1) : encodeScalar(value, where);
}

function isPlainObject(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

function describe(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'an array';
  return typeof value === 'object' ? 'an instance of a class' : `a ${typeof value}`;
}
