import { types } from 'node:util';
import { type Codec, Unwritable } from './codec.js';

/**
 * What is left of a `T` in JSON. A hit can only return this, so a miss returns it too: code that works on the first
 * request works on the second.
 */
export type Json<T> = T extends { toJSON(...args: never[]): infer R }
  ? Json<R>
  : T extends string | number | boolean | null | undefined
    ? T
    : T extends bigint | symbol | ((...args: never[]) => unknown)
      ? never
      : T extends readonly unknown[]
        ? { -readonly [I in keyof T]: Json<T[I]> }
        : T extends object
          ? {
              -readonly [K in keyof T as T[K] extends symbol | ((...args: never[]) => unknown) ? never : K]: Json<T[K]>;
            }
          : unknown;

/**
 * JSON that refuses what it would change silently: a `Map` would come back as `{}`, `NaN` as `null`. What has a `toJSON`
 * (`Date`, `ObjectId`, `URL`) says itself what it becomes, as `Json` says in types; of another class the data are kept.
 */
export const json = {
  name: 'json',
  stringify(value) {
    try {
      return JSON.stringify(value, checked);
    } catch (error) {
      // What else the engine throws is about cycles and about depth.
      throw error instanceof Unwritable ? error : new Unwritable('a cycle, or something that throws when it is read');
    }
  },
  parse: (text) => JSON.parse(text) as unknown,
} as const satisfies Codec;

/** Called by the engine for each part of a value after its `toJSON`, with what it is part of as `this`. */
function checked(this: Readonly<Record<string, unknown>>, key: string, part: unknown): unknown {
  switch (typeof part) {
    case 'string':
    case 'boolean':
      return part;
    case 'number':
      if (Number.isFinite(part)) return part;
      throw new Unwritable('NaN or Infinity');
    case 'undefined':
      if (Array.isArray(this)) throw new Unwritable('a list with undefined or nothing in one of its places');
      return part;
    case 'object':
      // Its toJSON says null.
      if (part === null && types.isDate(this[key])) throw new Unwritable('an invalid Date');
      if (part !== null) refuseBuiltIn(part);
      return part;
    default:
      throw new Unwritable(`a ${typeof part}`);
  }
}

/** What has its content where JSON does not look. */
const BUILT_IN: readonly (readonly [kind: string, is: (part: object) => boolean])[] = [
  ['a Map', types.isMap],
  ['a Set', types.isSet],
  ['a Promise', types.isPromise],
  ['a RegExp', types.isRegExp],
  ['an Error', types.isNativeError],
  ['bytes', (part) => types.isAnyArrayBuffer(part) || ArrayBuffer.isView(part)],
  ['a WeakMap or WeakSet', (part) => types.isWeakMap(part) || types.isWeakSet(part)],
  ['an iterator', (part) => types.isGeneratorObject(part) || types.isMapIterator(part) || types.isSetIterator(part)],
  ['a WeakRef', (part) => part instanceof WeakRef],
];

function refuseBuiltIn(part: object): void {
  const prototype: unknown = Object.getPrototypeOf(part);
  if (prototype === Object.prototype || prototype === Array.prototype || prototype === null) return;
  const kind = BUILT_IN.find(([, is]) => is(part))?.[0];
  if (kind !== undefined) throw new Unwritable(kind);
}
