import type { Analysis } from '../analysis.js';
import { childrenOf } from '../ast/children.js';
import { definitionsOf } from '../ast/definitions.js';
import { functionOf } from '../ast/functions.js';
import { type Node, isFunction, parentOf, propertyName, unwrap } from '../ast/node.js';
import { returnedFrom } from '../ast/returns.js';
import { variableOf } from '../ast/scope.js';
import { recogniseDbCall } from './recognise.js';
import type { DbCall } from './types.js';

/** Values that are made of more pieces than this are given up. */
const MAX_NODES = 400;

/**
 * The database calls whose result is part of a value: through variables, calls such as `JSON.stringify(row)` and functions of the
 * same file, but not those that only decide whether the value is made.
 */
export function dbCallsBehind(value: Node, analysis: Analysis): DbCall[] {
  const found = new Set<DbCall>();
  const seen = new Set<Node>();
  const queue: Node[] = [value];
  for (let steps = 0; steps < MAX_NODES; steps += 1) {
    const next = queue.pop();
    if (next === undefined) break;
    const node = unwrap(next);
    if (seen.has(node)) continue;
    seen.add(node);
    if (isFunction(node)) queue.push(...returnedFrom(node, analysis.sourceCode));
    else if (node.type === 'Identifier') queue.push(...valuesOf(node, analysis));
    else if (node.type === 'CallExpression') {
      const call = recogniseDbCall(node, analysis);
      if (call) {
        found.add(call);
        continue;
      }
      const callee = functionOf(node.callee, analysis.sourceCode);
      if (callee) queue.push(callee);
      else if (unwrap(node.callee).type === 'MemberExpression') queue.push(node.callee);
      queue.push(...node.arguments);
    } else if (node.type === 'MemberExpression') {
      // The id of a row is not the row: it never goes stale.
      if (!isId(node)) queue.push(node.object);
    } else queue.push(...childrenOf(node, analysis.sourceCode));
  }
  return [...found];
}

function isId(node: Node & { type: 'MemberExpression' }): boolean {
  const name = propertyName(node);
  return name !== undefined && /^_?(?:id|uuid)$|(?:Id|_id|Uuid)$/.test(name) && !isCalled(node);
}

function isCalled(node: Node): boolean {
  const parent = parentOf(node);
  return parent?.type === 'CallExpression' && parent.callee === node;
}

function valuesOf(node: Node & { type: 'Identifier' }, { sourceCode }: Analysis): Node[] {
  const variable = variableOf(node, sourceCode);
  const values: Node[] = [];
  for (const definition of variable ? definitionsOf(variable) : []) {
    if ('node' in definition) values.push(definition.node);
  }
  return values;
}
