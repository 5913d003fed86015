import { deserialize, serialize } from 'bson';

/** A decoded BSON document: plain objects and arrays, dates, regular expressions, and `bson`'s classes for the rest. */
export type Document = Record<string, unknown>;

/** Largest document MongoDB stores, in bytes. */
export const MAX_DOCUMENT_BYTES = 16 * 1024 * 1024;

export function encode(document: Document): Uint8Array {
  return serialize(document, { ignoreUndefined: true });
}

/**
 * Numbers of every BSON width become JavaScript numbers where they fit, because mingo computes with those. A stored 64-bit integer is
 * therefore sent back as a 32-bit integer or a double.
 */
export function decode(bytes: Uint8Array): Document {
  return deserialize(bytes);
}

export function copy(document: Document): Document {
  return decode(encode(document));
}

/** One string per BSON value: equal exactly when MongoDB's equality says so, whatever class carries the value. */
export function identity(...values: unknown[]): string {
  return Buffer.from(encode({ values: values.map((value) => value ?? null) })).toString('latin1');
}

export function isDocument(value: unknown): value is Document {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
