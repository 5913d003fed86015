import type { Codec } from '../entry/codec.js';
import type { Json, json } from '../entry/json.js';
import type { KeyPart } from '../key/encode.js';
import type { NamespaceOptions, Namespaces, ValueOf } from '../policy/namespaces.js';

export type NameOf<N extends Namespaces> = keyof N & string;

/** A key: the namespace, then parts. A shorter key is a prefix of all keys that continue it. */
export type Key<Name extends string = string> = readonly [namespace: Name, ...parts: KeyPart[]];

/** The rest of a key, after its namespace; `[]` for the namespace itself. */
export type Parts = readonly KeyPart[];

/** What a load's result looks like from then on: as the schema says, else as the codec leaves it, which is JSON unless told otherwise. */
export type Loaded<O extends NamespaceOptions | undefined, T> = O extends { readonly schema: object }
  ? ValueOf<O> | Extract<T, undefined>
  : O extends { readonly codec: infer C extends Codec }
    ? C extends typeof json
      ? Json<T>
      : T
    : Json<T>;
