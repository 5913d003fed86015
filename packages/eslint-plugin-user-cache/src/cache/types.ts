import type { Call, FunctionNode, Node } from '../ast/node.js';
import type { CacheKind, Operation } from '../catalog/cache.js';

export type { CacheKind, Operation };

/** How sure the recogniser is: by binding, annotation or settings; by a summary of the file; by the receiver's name. */
export type Confidence = 'certain' | 'summary' | 'name';

/** One step of the explanation why something was taken for what it is. */
export interface Step {
  readonly text: string;
  readonly node: Node;
}

export type Trail = readonly Step[];

export interface CacheClient {
  /** The name of the catalog entry, for example `ioredis`. */
  readonly library: string;
  readonly kind: CacheKind;
  readonly confidence: Confidence;
  readonly why: Trail;
}

export interface CacheTtl {
  readonly node: Node;
  readonly unit: 's' | 'ms';
}

export interface CacheOp {
  readonly node: Call;
  readonly client: CacheClient;
  readonly op: Operation;
  /** The key arguments as they stand at the call. For a wrapper, what the wrapper makes of them is in `keyShapesOf`. */
  readonly keys: readonly Node[];
  readonly value?: Node;
  /** The function that computes the value on a miss, or, for `mutate`, runs the database write. */
  readonly loader?: Node;
  readonly ttl?: CacheTtl;
  /** The second half of a key that is split over two arguments: the field of a hash. */
  readonly field?: Node;
  /** For a call of a function of this file that hands its parameters to the cache: that function, and what it does there. */
  readonly through?: { readonly op: CacheOp; readonly function: FunctionNode };
  readonly why: Trail;
}
