import type { Scope, SourceCode } from 'eslint';
import { type Node, isFunction, parentOf, propertyName, unwrap } from './node.js';
import { happensBefore } from './reaching.js';

/** Something put into a value after it was made. `query` is a condition added to a query. */
export interface Mutation {
  readonly node: Node;
  readonly kind: 'data' | 'query';
}

const DATA = new Set('push unshift append set add assign splice insert'.split(' '));
const QUERY = new Set('where andWhere orWhere and or eq equals filter match having innerJoin leftJoin'.split(' '));
const LOOPS = new Set(['forEach', 'map', 'flatMap']);

/** The longest member chain that begins at an identifier: `x` in `x.a.b = 1` gives `x.a.b`. */
export function chainFrom(identifier: Node): Node {
  let node = identifier;
  for (
    let parent = parentOf(node);
    parent?.type === 'MemberExpression' && parent.object === node;
    parent = parentOf(node)
  ) {
    node = parent;
  }
  return node;
}

function ofChain(identifier: Node): Mutation[] {
  const chain = chainFrom(identifier);
  const parent = parentOf(chain);
  if (parent?.type === 'AssignmentExpression' && parent.left === chain && chain !== identifier) {
    return [{ node: parent.right, kind: 'data' }];
  }
  if (parent?.type === 'CallExpression' && parent.callee === chain && chain.type === 'MemberExpression') {
    const method = propertyName(chain) ?? '';
    const kind = DATA.has(method) ? 'data' : QUERY.has(method) ? 'query' : undefined;
    return kind ? parent.arguments.map((node) => ({ node, kind })) : [];
  }
  // `Object.assign(x, { ... })`
  if (parent?.type === 'CallExpression' && parent.arguments[0] === identifier) {
    const callee = unwrap(parent.callee);
    if (callee.type === 'MemberExpression' && propertyName(callee) === 'assign') {
      return parent.arguments.slice(1).map((node) => ({ node, kind: 'data' }));
    }
  }
  return [];
}

/** The variables that stand for the elements of a value while something goes over it. */
function elementVariables(identifier: Node, sourceCode: SourceCode): readonly Scope.Variable[] {
  const parent = parentOf(identifier);
  if (parent?.type === 'ForOfStatement' && parent.right === identifier) {
    return parent.left.type === 'VariableDeclaration' ? sourceCode.getDeclaredVariables(parent.left) : [];
  }
  if (parent?.type !== 'MemberExpression' || parent.object !== identifier || !LOOPS.has(propertyName(parent) ?? '')) {
    return [];
  }
  const call = parentOf(parent);
  const callback = call?.type === 'CallExpression' ? call.arguments[0] : undefined;
  return isFunction(callback) ? sourceCode.getDeclaredVariables(callback).slice(0, 1) : [];
}

/** What was put into the value of a variable, or into its elements, before it is used. */
export function mutationsBefore(variable: Scope.Variable, use: Node, sourceCode: SourceCode): readonly Mutation[] {
  const mutations: Mutation[] = [];
  for (const reference of variable.references) {
    const identifier = reference.identifier as Node;
    if (identifier === use || !happensBefore(identifier, use)) continue;
    mutations.push(...ofChain(identifier));
    for (const element of elementVariables(identifier, sourceCode)) {
      for (const inner of element.references) mutations.push(...ofChain(inner.identifier as Node));
    }
  }
  return mutations;
}
