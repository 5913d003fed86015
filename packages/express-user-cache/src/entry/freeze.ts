const isObject = (value: unknown): value is object =>
  (typeof value === 'object' && value !== null) || typeof value === 'function';

/**
 * Freezes a value in depth, so that it can be returned to many; whether it could. Only plain objects and arrays can:
 * a frozen `Date` or `Map` still changes. Anything else in it, and nothing is frozen.
 */
export function freeze(value: unknown): boolean {
  // A set is read to its end while it grows: no depth of nesting exhausts the stack.
  const parts = new Set(isObject(value) ? [value] : []);
  for (const part of parts) {
    if (!isPlain(part)) return false;
    for (const name of Reflect.ownKeys(part)) {
      const property = Object.getOwnPropertyDescriptor(part, name);
      if (!property || !('value' in property)) return false;
      const inner: unknown = property.value;
      if (isObject(inner)) parts.add(inner);
    }
  }
  for (const part of parts) Object.freeze(part);
  return true;
}

/** As deep as a call may go; what is nested deeper is frozen without calls, at a multiple of the cost. */
const DEEPEST = 500;

/** Freezes what a parser of JSON made, in depth: there everything is plain, and asking would cost more than freezing. */
export function freezeJson(value: unknown, depth = 0): void {
  if (typeof value !== 'object' || value === null) return;
  if (depth === DEEPEST) {
    freeze(value);
    return;
  }
  const parts: readonly unknown[] = Array.isArray(value) ? value : Object.values(value);
  for (const part of parts) if (typeof part === 'object' && part !== null) freezeJson(part, depth + 1);
  Object.freeze(value);
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return Array.isArray(value) ? prototype === Array.prototype : prototype === Object.prototype || prototype === null;
}
