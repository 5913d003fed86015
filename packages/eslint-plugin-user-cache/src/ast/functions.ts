import type { SourceCode } from 'eslint';
import type * as ESTree from 'estree';
import { classAround, methodNamed } from './member.js';
import { onlyDefinition } from './definitions.js';
import { type FunctionNode, type Node, isFunction, literalText, propertyName, unwrap, unwrapAwait } from './node.js';
import { variableOf } from './scope.js';

/** The property of an object literal by its name; a later one overrides an earlier one. */
export function propertyOf(object: ESTree.ObjectExpression, name: string): Node | undefined {
  for (const property of object.properties.toReversed()) {
    if (property.type === 'Property' && propertyName(property) === name) return property.value;
  }
  return undefined;
}

/** The value that stands in the file for an expression: through constants and the properties of object literals. */
export function literalValueOf(expression: Node, sourceCode: SourceCode, depth = 0): Node | undefined {
  const node = unwrap(expression);
  // Constants that name each other in a circle would be followed for ever.
  if (depth > 8) return undefined;
  if (node.type === 'Identifier') {
    const variable = variableOf(node, sourceCode);
    const definition = variable && onlyDefinition(variable);
    if (definition?.kind === 'function') return definition.node;
    if (definition?.kind === 'value') return literalValueOf(definition.node, sourceCode, depth + 1);
    const declaration = variable?.defs[0];
    return declaration?.type === 'ClassName' ? declaration.node : undefined;
  }
  if (node.type === 'MemberExpression') {
    const name = propertyName(node);
    if (name === undefined) return undefined;
    const object = unwrap(node.object);
    if (object.type === 'ThisExpression') return memberOfClass(classAround(node), name);
    const owner = literalValueOf(object, sourceCode, depth + 1);
    if (owner?.type === 'ObjectExpression') {
      const value = propertyOf(owner, name);
      return value && literalValueOf(value, sourceCode, depth + 1);
    }
    if (owner?.type === 'ClassDeclaration' || owner?.type === 'ClassExpression') {
      return memberOfClass(owner, name, true);
    }
    return enumMember(object, name, sourceCode);
  }
  // `Object.freeze({ ... })` is the object.
  if (node.type === 'CallExpression' && node.arguments[0] && isFreeze(node.callee)) {
    return literalValueOf(node.arguments[0], sourceCode, depth + 1);
  }
  return node;
}

function isFreeze(callee: Node): boolean {
  return callee.type === 'MemberExpression' && ['freeze', 'seal'].includes(propertyName(callee) ?? '');
}

function memberOfClass(owner: ReturnType<typeof classAround>, name: string, isStatic = false): Node | undefined {
  if (!owner) return undefined;
  const method = methodNamed(owner, name, isStatic);
  if (method) return method;
  for (const member of owner.body.body) {
    if (member.type === 'PropertyDefinition' && member.static === isStatic && propertyName(member) === name) {
      const value = member.value && unwrap(member.value);
      return value && literalText(value) !== undefined ? value : undefined;
    }
  }
  return undefined;
}

/** `enum Keys { TOOLS = 'tools' }` is TypeScript's and unknown to ESTree. */
function enumMember(object: Node, name: string, sourceCode: SourceCode): Node | undefined {
  if (object.type !== 'Identifier') return undefined;
  const node = variableOf(object, sourceCode)?.defs[0]?.node as EnumNode | undefined;
  if (node?.type !== 'TSEnumDeclaration') return undefined;
  const members = node.body?.members ?? node.members ?? [];
  // A member that is computed has no `id` to go by.
  const member = members.find(({ id }) => id?.name === name || id?.value === name);
  return member?.initializer ?? undefined;
}

interface EnumNode {
  readonly type: string;
  readonly members?: readonly EnumMember[];
  readonly body?: { readonly members?: readonly EnumMember[] };
}

interface EnumMember {
  readonly id?: { readonly name?: string; readonly value?: unknown };
  readonly initializer?: Node | null;
}

/** The function of this file that an expression names: a declaration, a constant, a method, a property of an object literal. */
export function functionOf(expression: Node, sourceCode: SourceCode): FunctionNode | undefined {
  const value = literalValueOf(unwrapAwait(expression), sourceCode);
  return value && isFunction(value) ? value : undefined;
}
