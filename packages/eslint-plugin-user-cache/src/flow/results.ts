import type { Analysis } from '../analysis.js';
import { definitionsOf } from '../ast/definitions.js';
import { type Node, isFunction, unwrap, unwrapAwait } from '../ast/node.js';
import { variableOf } from '../ast/scope.js';
import { isWrite, recogniseDbCall } from '../db/recognise.js';
import { isTransaction } from './callbacks.js';
import { runnableOf } from './callees.js';

/**
 * Whether a variable holds what a write has returned: the row, `modifiedCount`, a piece of either. What a function of the same file
 * returns is taken for such a result too, because helpers that write hand it on.
 */
export function isWriteResult(identifier: Node, analysis: Analysis): boolean {
  if (identifier.type !== 'Identifier') return false;
  const variable = variableOf(identifier, analysis.sourceCode);
  return (variable ? definitionsOf(variable) : []).some(
    (definition) => (definition.kind === 'value' || definition.kind === 'part') && isWriting(definition.node, analysis),
  );
}

/** Down the chain `Model.findOneAndUpdate(...).populate().lean()` to the call that writes. */
function isWriting(value: Node, analysis: Analysis): boolean {
  for (let node = unwrapAwait(value); node.type === 'CallExpression';) {
    if (isWrite(recogniseDbCall(node, analysis)) || (isTransaction(node) && node.arguments.some(isFunction)))
      return true;
    if (runnableOf(node.callee, analysis.sourceCode)) return true;
    const callee = unwrap(node.callee);
    if (callee.type !== 'MemberExpression') return false;
    node = unwrapAwait(callee.object);
  }
  return false;
}
