import type { Analysis } from '../analysis.js';
import type { Call, Node } from '../ast/node.js';
import { keyShapesOf } from '../cache/keys.js';
import { recogniseCacheOp } from '../cache/recognise.js';
import type { CacheOp } from '../cache/types.js';
import { isWrite, recogniseDbCall } from '../db/recognise.js';
import type { DbWrite } from '../db/types.js';
import type { FlowFunction, FlowGraph } from './graph.js';

/** Every call of a file that can be reached, taken for what it is. */
export interface Survey {
  readonly calls: ReadonlyMap<FlowFunction, readonly Call[]>;
  readonly ops: ReadonlyMap<Node, CacheOp>;
  readonly writes: readonly DbWrite[];
  /** The bit of each write in a transfer. */
  readonly bits: ReadonlyMap<Node, bigint>;
}

export function surveyOf(graph: FlowGraph, analysis: Analysis): Survey {
  const calls = new Map<FlowFunction, Call[]>();
  const ops = new Map<Node, CacheOp>();
  const writes: DbWrite[] = [];
  const bits = new Map<Node, bigint>();
  for (const fn of graph.values()) {
    const own = new Set<Call>();
    for (const block of fn.blocks.values()) {
      for (const event of block.events) if (event.type === 'CallExpression') own.add(event);
    }
    calls.set(fn, [...own]);
    for (const call of own) {
      const op = operationOf(call, analysis);
      if (op) ops.set(call, op);
      const write = op ? undefined : recogniseDbCall(call, analysis);
      if (!isWrite(write)) continue;
      bits.set(call, 1n << BigInt(writes.length));
      writes.push(write);
    }
  }
  return { calls, ops, writes, bits };
}

/**
 * A call of a function of this file counts as the operation inside only where the key comes in from outside: `cacheDel(key)`. A
 * function that makes its own key, such as `bustConversation(id)`, is followed instead, because only its paths tell whether it
 * invalidates on each of them, and what else it does.
 */
function operationOf(call: Call, analysis: Analysis): CacheOp | undefined {
  const op = recogniseCacheOp(call, analysis);
  if (!op?.through) return op;
  const shapes = keyShapesOf(op.through.op, analysis);
  const isOwn = shapes.every(({ alternatives }) => alternatives.every(([first]) => first?.kind === 'literal'));
  return isOwn && shapes.length > 0 ? undefined : op;
}
