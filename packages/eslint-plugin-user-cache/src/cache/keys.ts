import type { Analysis } from '../analysis.js';
import { EMPTY, type Environment, enter } from '../ast/environment.js';
import { unwrap, unwrapAwait } from '../ast/node.js';
import { originsOf } from '../ast/origin.js';
import { identityOf } from '../identity/identify.js';
import { concat, literal } from '../key/combine.js';
import { keyShapeOf } from '../key/evaluate.js';
import type { KeyPart, KeyShape } from '../key/shape.js';
import type { CacheOp } from './types.js';

/** A cache that was itself looked up by an identity: `const own = caches.get(userId); own.set(hash, value)`. */
function ownerOfCache(op: CacheOp, analysis: Analysis, environment: Environment): KeyPart | undefined {
  const callee = unwrap(op.node.callee);
  if (callee.type !== 'MemberExpression') return undefined;
  for (const origin of originsOf(callee.object, analysis.sourceCode)) {
    const call = origin.kind === 'value' ? unwrapAwait(origin.node) : undefined;
    if (call?.type !== 'CallExpression') continue;
    for (const argument of call.arguments) {
      const identity = identityOf(argument, analysis, environment);
      if (identity) return { kind: 'hole', text: identity.path, node: argument, identities: [identity] };
    }
  }
  return undefined;
}

/** The shapes of the keys an operation works on, one for each; through the functions of the file that it calls. */
export function keyShapesOf(op: CacheOp, analysis: Analysis, environment: Environment = EMPTY): readonly KeyShape[] {
  if (op.through) {
    const inner = enter(op.through.function, op.node.arguments, environment, analysis.sourceCode);
    return keyShapesOf(op.through.op, analysis, inner);
  }
  const field = op.field && keyShapeOf(op.field, analysis, environment).alternatives;
  const owner = ownerOfCache(op, analysis, environment);
  return op.keys.map((key) => {
    const pieces = [keyShapeOf(key, analysis, environment).alternatives];
    if (owner) pieces.unshift([[owner]], literal(':', key));
    if (field) pieces.push(literal('.', key), field);
    return { alternatives: pieces.length === 1 ? (pieces[0] ?? []) : concat(pieces) };
  });
}
