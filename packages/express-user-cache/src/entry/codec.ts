import { UserCacheTypeError } from '../errors.js';

/** How values become text and text becomes values again. */
export interface Codec {
  /** Stands in every entry: one that another codec wrote is a miss. 1 to 32 letters, digits, `.`, `_` or `-`. */
  readonly name: string;
  /** The text of a value; throws where there is none that `parse` makes the same value of. */
  readonly stringify: (value: unknown) => string;
  readonly parse: (text: string) => unknown;
}

/** A value holds something that a codec has no text for. */
export class Unwritable extends Error {
  /** What it is: a kind, never a name or a value. */
  readonly kind: string;

  constructor(kind: string) {
    super(kind);
    this.kind = kind;
  }
}

/**
 * The text of a value.
 *
 * @throws {UserCacheTypeError} `ERR_UC_NOT_SERIALISABLE`
 */
export function textOf(value: unknown, codec: Codec, namespace: string): string {
  let kind = 'undefined, or something that it cannot write';
  try {
    // A codec that is not written in TypeScript may return anything.
    const text: unknown = value === undefined ? undefined : codec.stringify(value);
    if (typeof text === 'string') return text;
  } catch (error) {
    // Other errors may quote the value, as the engine's own message quotes property names.
    if (error instanceof Unwritable) ({ kind } = error);
  }
  throw new UserCacheTypeError(
    'ERR_UC_NOT_SERIALISABLE',
    `A value for the namespace '${namespace}' is or holds ${kind}, so the codec '${codec.name}' cannot write it; ` +
      'convert it before it is cached, or give the namespace a codec that can',
  );
}

/** The value of a text; `undefined` where the codec makes none of it. */
export function valueOf(text: string, codec: Codec): unknown {
  try {
    return codec.parse(text);
  } catch {
    return undefined;
  }
}
