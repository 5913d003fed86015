import type { Analysis } from '../analysis.js';
import type { Environment } from '../ast/environment.js';
import { type Node, unwrapAwait } from '../ast/node.js';
import { definitionsAt } from '../ast/reaching.js';
import { variableOf } from '../ast/scope.js';
import { pathOf } from './path.js';

/** Whether a variable holds what a call or an object literal made, whatever its name says. */
export function isComputed(node: Node, { sourceCode }: Analysis): boolean {
  const variable = node.type === 'Identifier' ? variableOf(node, sourceCode) : undefined;
  return (variable ? definitionsAt(variable, node) : []).some(
    (definition) =>
      definition.kind === 'value' && ['CallExpression', 'ObjectExpression'].includes(unwrapAwait(definition.node).type),
  );
}

/** Whether an expression is a plain piece of the request. */
export function isOfRequest(node: Node, analysis: Analysis, environment: Environment): boolean {
  const path = pathOf(node, analysis, environment);
  return path?.root === 'handler' && path.text.includes('.') && !path.text.includes('()');
}
