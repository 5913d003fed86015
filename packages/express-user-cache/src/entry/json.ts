import { UserCacheTypeError } from '../errors.js';

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
 * The JSON text of a value.
 *
 * @throws {UserCacheTypeError} `ERR_UC_NOT_SERIALISABLE`
 */
export function stringify(value: unknown, namespace: string): string {
  let text: string | undefined;
  try {
    text = JSON.stringify(value);
  } catch {
    // The engine's own message quotes property names of the value.
  }
  if (text !== undefined) return text;
  throw new UserCacheTypeError(
    'ERR_UC_NOT_SERIALISABLE',
    `A value for the namespace '${namespace}' cannot be written as JSON (a BigInt, a cycle, a function or a symbol); ` +
      'convert it before it is cached',
  );
}
