import type * as ESTree from 'estree';

export type Node = ESTree.Node;
export type Expression = ESTree.Expression;
export type Call = ESTree.CallExpression;
export type FunctionNode = ESTree.FunctionDeclaration | ESTree.FunctionExpression | ESTree.ArrowFunctionExpression;

/** ESLint adds `parent` to every node before a rule runs; the ESTree types do not know it. */
export function parentOf(node: Node): Node | undefined {
  const { parent } = node as Node & { readonly parent?: Node | null };
  return parent ?? undefined;
}

const TRANSPARENT: ReadonlySet<string> = new Set([
  'TSAsExpression',
  'TSSatisfiesExpression',
  'TSNonNullExpression',
  'TSTypeAssertion',
  'TSInstantiationExpression',
  'ChainExpression',
  'ParenthesizedExpression',
]);

/**
 * The value behind wrappers that do not change it: `x!`, `x as T`, `x satisfies T`, `<T>x`, `a?.b`.
 * TypeScript's nodes are unknown to ESTree, so they are taken by name here and nowhere else.
 */
export function unwrap(node: Node): Node {
  let current = node;
  while (TRANSPARENT.has(current.type)) {
    current = (current as Node & { readonly expression: Node }).expression;
  }
  return current;
}

/** As `unwrap`, and through `await` too. */
export function unwrapAwait(node: Node): Node {
  let current = unwrap(node);
  while (current.type === 'AwaitExpression') current = unwrap(current.argument);
  return current;
}

/** Whether the type of this node is one of TypeScript's wrappers or an optional chain: its parent sees the value inside. */
export function isTransparent(node: Node): boolean {
  return TRANSPARENT.has(node.type);
}

export function isFunction(node: Node | null | undefined): node is FunctionNode {
  return (
    node?.type === 'FunctionDeclaration' ||
    node?.type === 'FunctionExpression' ||
    node?.type === 'ArrowFunctionExpression'
  );
}

/** The innermost function around a node, the node itself left out. */
export function enclosingFunction(node: Node): FunctionNode | undefined {
  for (let current = parentOf(node); current; current = parentOf(current)) {
    if (isFunction(current)) return current;
  }
  return undefined;
}

export function isInside(node: Node, container: Node): boolean {
  for (let current: Node | undefined = node; current; current = parentOf(current)) {
    if (current === container) return true;
  }
  return false;
}

/** The literal text of a string, of a number or of a template without holes. */
export function literalText(node: Node): string | undefined {
  if (node.type === 'Literal' && (typeof node.value === 'string' || typeof node.value === 'number')) {
    return String(node.value);
  }
  if (node.type === 'TemplateLiteral' && node.expressions.length === 0) {
    return node.quasis[0]?.value.cooked ?? undefined;
  }
  return undefined;
}

/** The name a member access, a property or a method goes by, when it can be read off the source. */
export function propertyName(
  node: ESTree.MemberExpression | ESTree.Property | ESTree.MethodDefinition | ESTree.PropertyDefinition,
): string | undefined {
  const key = node.type === 'MemberExpression' ? node.property : node.key;
  if (!node.computed && key.type === 'Identifier') return key.name;
  if (key.type === 'PrivateIdentifier') return `#${key.name}`;
  return literalText(key);
}

/** `a.b.c`, `this.a`, `getAuth().userId`: the dotted name of an expression, or `undefined` where a part has none. */
export function dottedName(expression: Node): string | undefined {
  const node = unwrapAwait(expression);
  switch (node.type) {
    case 'Identifier':
      return node.name;
    case 'ThisExpression':
      return 'this';
    case 'Super':
      return 'super';
    case 'CallExpression': {
      const callee = dottedName(node.callee);
      return callee === undefined ? undefined : `${callee}()`;
    }
    case 'MemberExpression': {
      const object = dottedName(node.object);
      const name = propertyName(node);
      return object === undefined || name === undefined ? undefined : `${object}.${name}`;
    }
    default:
      return undefined;
  }
}

export function lineOf(node: Node): number {
  return node.loc?.start.line ?? 0;
}

export function startOf(node: Node): number {
  return node.range?.[0] ?? 0;
}

export function endOf(node: Node): number {
  return node.range?.[1] ?? 0;
}
