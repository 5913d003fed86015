import type { Json } from '../entry/json.js';
import type { KeyPart } from '../key/encode.js';
import type { NamespaceOptions, Namespaces, ValueOf } from '../policy/namespaces.js';

export type NameOf<N extends Namespaces> = keyof N & string;

/** A key: the namespace, then parts. A shorter key is a prefix of all keys that continue it. */
export type Key<Name extends string = string> = readonly [namespace: Name, ...parts: KeyPart[]];

/** The rest of a key, after its namespace; `[]` for the namespace itself. */
export type Parts = readonly KeyPart[];

/** What a load's result looks like from then on: as the schema says, else as JSON leaves it. */
export type Loaded<O extends NamespaceOptions | undefined, T> = O extends { readonly schema: object }
  ? ValueOf<O> | Extract<T, undefined>
  : Json<T>;
