import type { SourceCode } from 'eslint';
import { definitionsOf } from '../ast/definitions.js';
import { functionOf, propertyOf } from '../ast/functions.js';
import { type Node, isFunction, parentOf, propertyName, unwrap } from '../ast/node.js';
import { variableOf } from '../ast/scope.js';
import { classAround, methodNamed } from '../ast/member.js';

/** The function of this file that an expression runs when it is called, or `undefined` where the file does not show it. */
export function runnableOf(expression: Node, sourceCode: SourceCode): Node | undefined {
  const node = unwrap(expression);
  if (isFunction(node)) return node;
  const named = functionOf(node, sourceCode);
  if (named) return named;
  if (node.type === 'Identifier') return wrappedBy(valueOf(node, sourceCode));
  if (node.type !== 'MemberExpression') return undefined;
  const name = propertyName(node);
  if (name === undefined) return undefined;
  const object = unwrap(node.object);
  if (object.type === 'ThisExpression') return methodOfThis(object, name);
  return object.type === 'Identifier' ? methodOfInstance(valueOf(object, sourceCode), name, sourceCode) : undefined;
}

/** What a variable is given, where it is given one value only: one that is assigned twice may be either. */
function valueOf(node: Node, sourceCode: SourceCode): Node | undefined {
  const variable = node.type === 'Identifier' ? variableOf(node, sourceCode) : undefined;
  const definitions = variable ? definitionsOf(variable) : [];
  const [only] = definitions;
  return definitions.length === 1 && only?.kind === 'value' ? unwrap(only.node) : undefined;
}

/** `const update = asyncHandler(async () => ...)`: calling the wrapper runs the function. */
function wrappedBy(value: Node | undefined): Node | undefined {
  if (value?.type !== 'CallExpression' || value.arguments.length !== 1) return undefined;
  const [only] = value.arguments;
  return only && isFunction(only) ? only : undefined;
}

function methodOfThis(node: Node, name: string): Node | undefined {
  if (classAround(node)) return undefined;
  for (let current = parentOf(node); current; current = parentOf(current)) {
    const method = current.type === 'ObjectExpression' ? propertyOf(current, name) : undefined;
    if (method && isFunction(method)) return method;
  }
  return undefined;
}

/** `const service = new Service()` in the same file. */
function methodOfInstance(value: Node | undefined, name: string, sourceCode: SourceCode): Node | undefined {
  if (value?.type !== 'NewExpression' || value.callee.type !== 'Identifier') return undefined;
  const declaration = variableOf(value.callee, sourceCode)?.defs[0];
  return declaration?.type === 'ClassName' ? methodNamed(declaration.node, name, false) : undefined;
}
