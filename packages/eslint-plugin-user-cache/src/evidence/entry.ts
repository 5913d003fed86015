import type { Analysis } from '../analysis.js';
import type { Node } from '../ast/node.js';
import { keyShapesOf } from '../cache/keys.js';
import type { CacheOp } from '../cache/types.js';
import { keyScopeOf, printShape } from '../key/print.js';
import type { KeyScope, KeyShape } from '../key/shape.js';

/** One cache operation on one key, with all that the key says. */
export interface Entry {
  readonly op: CacheOp;
  /** The key argument of the call. */
  readonly key: Node;
  readonly shape: KeyShape;
  readonly scope: KeyScope;
  readonly printed: string;
}

export function entriesOf(op: CacheOp, analysis: Analysis): Entry[] {
  return keyShapesOf(op, analysis).flatMap((shape, index) => {
    const key = op.keys[index] ?? op.keys[0];
    return key ? [{ op, key, shape, scope: keyScopeOf(shape), printed: printShape(shape) }] : [];
  });
}

/** What an operation stores, or the function that computes it. */
export function sourceOf({ op }: Entry): Node | undefined {
  return op.op === 'write' || op.op === 'load' ? (op.loader ?? op.value) : undefined;
}

/** Operations through which a value of the application gets into the cache or out of it. */
export function movesValue({ op }: Entry): boolean {
  return op.op === 'read' || op.op === 'write' || op.op === 'load';
}
