import { type Analysis, memoize } from '../analysis.js';
import { type FunctionNode, type Node, enclosingFunction } from '../ast/node.js';
import { nodesUnder } from '../ast/returns.js';
import { identityOf } from '../identity/identify.js';
import type { Identity } from '../identity/types.js';

const identityIn = memoize((callee: FunctionNode, analysis: Analysis): Identity | undefined => {
  for (const node of nodesUnder(callee, analysis.sourceCode)) {
    if (node.type !== 'Identifier' && node.type !== 'MemberExpression') continue;
    const identity = identityOf(node, analysis);
    if (identity?.proof && identity.role === 'user' && identity.source !== 'request') return identity;
  }
  return undefined;
});

/** The identity of a user that the outermost function around a node works with, whatever it does with it. */
export function identityAround(node: Node, analysis: Analysis): Identity | undefined {
  let outermost: FunctionNode | undefined;
  for (let current = enclosingFunction(node); current; current = enclosingFunction(current)) outermost = current;
  return outermost && identityIn(outermost, analysis);
}
