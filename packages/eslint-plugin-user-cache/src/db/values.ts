import type { Analysis } from '../analysis.js';
import { childrenOf } from '../ast/children.js';
import { definitionsOf } from '../ast/definitions.js';
import { functionOf } from '../ast/functions.js';
import { type Call, type Node, dottedName, isFunction, parentOf, propertyName, unwrap } from '../ast/node.js';
import { returnedFrom } from '../ast/returns.js';
import { variableOf } from '../ast/scope.js';
import { CARRIERS } from '../identity/calls.js';
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
      queue.push(...node.arguments.filter((argument) => callee ?? handsOn(node, argument)));
    } else if (node.type === 'MemberExpression') {
      // The id of a row is not the row: it never goes stale.
      if (!isId(node)) queue.push(node.object);
    } else queue.push(...childrenOf(node, analysis.sourceCode));
  }
  return [...found];
}

/** Properties that hold the rows of a result. */
const ROWS = /^(?:rows|data|items|docs|results?|records|list|\d+)$/;

/**
 * Whether what a function of another file returns can hold an argument. `toDto(row)` gives the row in another form;
 * `provider.statistics(row.token)` gives something else that was only asked for with a piece of it.
 */
function handsOn(call: Call, argument: Node): boolean {
  const callee = unwrap(call.callee);
  const method = callee.type === 'MemberExpression' ? propertyName(callee) : undefined;
  if (CARRIERS.test(dottedName(callee) ?? method ?? '')) return true;
  const node = unwrap(argument);
  if (node.type !== 'MemberExpression') return node.type !== 'ObjectExpression' || node.properties.every(isWhole);
  return ROWS.test(propertyName(node) ?? '0');
}

function isWhole(property: Node): boolean {
  return (
    property.type === 'SpreadElement' || (property.type === 'Property' && unwrap(property.value).type === 'Identifier')
  );
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
