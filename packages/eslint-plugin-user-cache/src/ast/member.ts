import type * as ESTree from 'estree';
import { type Node, isFunction, parentOf, propertyName, unwrap } from './node.js';

export type ClassNode = ESTree.ClassDeclaration | ESTree.ClassExpression;

/** A place that says what `this.x` is: what carries the annotation, and the value if one is given. */
export interface MemberDefinition {
  readonly annotated: Node;
  readonly value?: Node;
}

/** The class whose `this` a node sees. */
export function classAround(node: Node): ClassNode | undefined {
  for (let current = parentOf(node); current; current = parentOf(current)) {
    if (current.type === 'FunctionDeclaration') return undefined;
    // A function expression has a `this` of its own, unless it is the method itself.
    if (current.type === 'FunctionExpression' && parentOf(current)?.type !== 'MethodDefinition') return undefined;
    if (current.type === 'ClassDeclaration' || current.type === 'ClassExpression') return current;
  }
  return undefined;
}

/** The field, the constructor parameter (`private readonly x: T`) and the assignments that define `this.<name>`. */
export function memberDefinitions(owner: ClassNode, name: string): MemberDefinition[] {
  const definitions: MemberDefinition[] = [];
  for (const member of owner.body.body) {
    if (member.type === 'PropertyDefinition' && propertyName(member) === name) {
      definitions.push(member.value ? { annotated: member, value: member.value } : { annotated: member });
    }
    if (member.type !== 'MethodDefinition') continue;
    if (member.kind === 'constructor') definitions.push(...parameterProperties(member.value, name));
    definitions.push(...assignments(member.value, name));
  }
  return definitions;
}

function parameterProperties(constructor: ESTree.FunctionExpression, name: string): MemberDefinition[] {
  const definitions: MemberDefinition[] = [];
  for (const parameter of constructor.params as readonly (Node & { readonly parameter?: Node })[]) {
    const inner = parameter.parameter;
    if (inner?.type === 'Identifier' && inner.name === name) definitions.push({ annotated: inner });
  }
  return definitions;
}

/** `this.<name> = value` in the constructor or in a method such as `connect()`, also inside its `try`. */
function assignments(method: ESTree.FunctionExpression, name: string): MemberDefinition[] {
  const definitions: MemberDefinition[] = [];
  // A signature of TypeScript has no body.
  const body = method.body as ESTree.BlockStatement | null;
  for (const statement of body ? statementsOf(body) : []) {
    if (statement.type !== 'ExpressionStatement' || statement.expression.type !== 'AssignmentExpression') continue;
    const { left, right } = statement.expression;
    if (left.type === 'MemberExpression' && left.object.type === 'ThisExpression' && propertyName(left) === name) {
      definitions.push({ annotated: left, value: right });
    }
  }
  return definitions;
}

function* statementsOf(node: ESTree.Statement): Generator<ESTree.Statement> {
  yield node;
  if (node.type === 'BlockStatement') for (const inner of node.body) yield* statementsOf(inner);
  if (node.type === 'TryStatement') yield* statementsOf(node.block);
  if (node.type === 'IfStatement') {
    yield* statementsOf(node.consequent);
    if (node.alternate) yield* statementsOf(node.alternate);
  }
}

/** The function that `this.<name>()` runs. */
export function methodNamed(owner: ClassNode, name: string, isStatic: boolean): Node | undefined {
  for (const member of owner.body.body) {
    if (member.type !== 'MethodDefinition' && member.type !== 'PropertyDefinition') continue;
    if (member.static !== isStatic || propertyName(member) !== name || !member.value) continue;
    const value = unwrap(member.value);
    if (isFunction(value)) return value;
  }
  return undefined;
}
