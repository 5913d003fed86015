import type { Analysis } from '../analysis.js';
import { childrenOf } from '../ast/children.js';
import { definitionsOf } from '../ast/definitions.js';
import { type Call, type Node, dottedName, isFunction, isInside, parentOf, unwrap } from '../ast/node.js';
import { variableOf } from '../ast/scope.js';
import { isWriteResult } from './results.js';

/**
 * The places at which an invalidation already counts, although it stands further down.
 *
 * On the other side of these branches there is nothing to clear, so they are no path without an invalidation:
 * - the cache itself is missing: `if (redis) ...`, `redis?.del(key)`, `if (!redis) return;`
 * - what the key is made of is missing: `if (row.folderId) await del(key(row.folderId))`, `for (const key of keys) ...`
 * - the write changed nothing: `const row = await Model.findOneAndUpdate(...); if (!row) return;`
 * Any other condition is a real path and ends the search: what lies above it is not guarded by it.
 */
export function guardsOf(invalidation: Call, analysis: Analysis): Node[] {
  const subjects = usesIn(invalidation, analysis).flatMap((use) => [use, ...usesBehind(use, analysis)]);
  const isGuard = (test: Node): boolean =>
    usesIn(test, analysis).some(
      (use) => subjects.some((subject) => overlaps(use.path, subject.path)) || isWriteResult(use.root, analysis),
    );

  const anchors = optionalAnchors(invalidation);
  let node: Node = invalidation;
  for (let parent = parentOf(node); parent && !isFunction(parent); parent = parentOf(node)) {
    const decision = decisionOf(node, parent);
    if (decision === 'stop') break;
    if (decision) {
      if (!decision.runs && !isGuard(decision.test)) break;
      anchors.push(firstOperand(decision.test));
    }
    if (parent.type === 'BlockStatement') {
      const earlier = guardsBefore(node, parent.body, isGuard, analysis);
      anchors.push(...earlier.anchors);
      if (earlier.ends) break;
    }
    node = parent;
  }
  return anchors;
}

interface Decision {
  readonly test: Node;
  /** A loop is taken to run: it goes over the keys that there are. */
  readonly runs: boolean;
}

/** What decides whether `node` is evaluated with its parent. */
function decisionOf(node: Node, parent: Node): Decision | 'stop' | undefined {
  switch (parent.type) {
    case 'IfStatement':
    case 'ConditionalExpression':
      return parent.test === node ? undefined : { test: parent.test, runs: false };
    case 'LogicalExpression':
      return parent.right === node ? { test: parent.left, runs: false } : undefined;
    case 'ForOfStatement':
    case 'ForInStatement':
      return parent.body === node ? { test: parent.right, runs: true } : undefined;
    case 'ForStatement':
    case 'WhileStatement':
      return parent.body === node && parent.test ? { test: parent.test, runs: true } : undefined;
    case 'SwitchCase':
    case 'CatchClause':
      return 'stop';
    default:
      return undefined;
  }
}

/** `if (!redis) return;` further up in the same block, up to the first statement that leaves for another reason. */
function guardsBefore(
  node: Node,
  statements: readonly Node[],
  isGuard: (test: Node) => boolean,
  analysis: Analysis,
): { readonly anchors: Node[]; readonly ends: boolean } {
  const anchors: Node[] = [];
  for (const statement of statements.slice(0, statements.indexOf(node)).toReversed()) {
    if (!canLeave(statement, analysis)) continue;
    if (statement.type !== 'IfStatement' || !isGuard(statement.test)) return { anchors, ends: true };
    anchors.push(firstOperand(statement.test));
  }
  return { anchors, ends: false };
}

function canLeave(node: Node, analysis: Analysis): boolean {
  if (node.type === 'ReturnStatement' || node.type === 'BreakStatement' || node.type === 'ContinueStatement')
    return true;
  return !isFunction(node) && childrenOf(node, analysis.sourceCode).some((child) => canLeave(child, analysis));
}

/** In `redis?.del(key)` the branch is decided at `redis`. */
function optionalAnchors(call: Call): Node[] {
  const anchors: Node[] = [];
  if ((call as Call & { readonly optional?: boolean }).optional) anchors.push(call.callee);
  for (let node: Node = call.callee; node.type === 'MemberExpression'; node = node.object) {
    if (node.optional) anchors.push(node.object);
  }
  return anchors;
}

/** Where the decision begins: after `a` in `a && b`, or the way past `b` would be left out. */
function firstOperand(test: Node): Node {
  let node = test;
  while (node.type === 'LogicalExpression') node = node.left;
  return node;
}

/** A variable as it is used: `row.folderId`, with the identifier at its root. */
interface Use {
  readonly path: string;
  readonly root: Node;
}

/** `row` and `row.folderId` speak of the same thing, `req.body` and `req.params` do not. */
function overlaps(left: string, right: string): boolean {
  return left === right || left.startsWith(`${right}.`) || right.startsWith(`${left}.`);
}

function usesIn(expression: Node, analysis: Analysis): Use[] {
  const node = unwrap(expression);
  if (node.type === 'CallExpression') {
    const callee = unwrap(node.callee);
    // In `redis.del(key)` the cache is `redis`, and the function of `bust(key)` is always there.
    const receiver = callee.type === 'MemberExpression' ? [callee.object] : [];
    return [...receiver, ...node.arguments].flatMap((part) => usesIn(part, analysis));
  }
  const path = node.type === 'Identifier' || node.type === 'MemberExpression' ? dottedName(node) : undefined;
  if (path !== undefined) return path === 'this' ? [] : [{ path, root: rootOf(node) }];
  return childrenOf(node, analysis.sourceCode).flatMap((child) => usesIn(child, analysis));
}

function rootOf(node: Node): Node {
  let root = node;
  while (root.type === 'MemberExpression') root = unwrap(root.object);
  return root;
}

/** What the variable of a key is made of: `const key = \`folder:${row.folderId}\``; what was awaited has no parts to ask for. */
function usesBehind({ root }: Use, analysis: Analysis): Use[] {
  const variable = root.type === 'Identifier' ? variableOf(root, analysis.sourceCode) : undefined;
  const uses: Use[] = [];
  for (const definition of variable ? definitionsOf(variable) : []) {
    if (definition.kind !== 'value' && definition.kind !== 'part' && definition.kind !== 'element') continue;
    const value = unwrap(definition.node);
    if (value.type !== 'AwaitExpression' && !isInside(root, value)) uses.push(...usesIn(value, analysis));
  }
  return uses;
}
