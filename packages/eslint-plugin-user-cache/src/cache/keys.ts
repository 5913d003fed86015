import type { Analysis } from '../analysis.js';
import { EMPTY, type Environment, enter } from '../ast/environment.js';
import { concat, literal } from '../key/combine.js';
import { keyShapeOf } from '../key/evaluate.js';
import type { KeyShape } from '../key/shape.js';
import type { CacheOp } from './types.js';

/** The shapes of the keys an operation works on, one for each; through the functions of the file that it calls. */
export function keyShapesOf(op: CacheOp, analysis: Analysis, environment: Environment = EMPTY): readonly KeyShape[] {
  if (op.through) {
    const inner = enter(op.through.function, op.node.arguments, environment, analysis.sourceCode);
    return keyShapesOf(op.through.op, analysis, inner);
  }
  const field = op.field && keyShapeOf(op.field, analysis, environment).alternatives;
  return op.keys.map((key) => {
    const shape = keyShapeOf(key, analysis, environment);
    return field ? { alternatives: concat([shape.alternatives, literal('.', key), field]) } : shape;
  });
}
