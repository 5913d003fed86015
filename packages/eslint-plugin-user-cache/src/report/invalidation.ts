import type { Rule, Scope } from 'eslint';
import type { Analysis } from '../analysis.js';
import { childrenOf } from '../ast/children.js';
import { type Node, dottedName, enclosingFunction, literalText, parentOf, unwrap } from '../ast/node.js';
import { variableNamed, variableOf } from '../ast/scope.js';
import type { CacheOp } from '../cache/types.js';
import { isTransaction } from '../flow/callbacks.js';

/** How to invalidate at one place what a user cache holds: `req.userCache` and `['conversation', req.params.id]`. */
export interface Invalidation {
  readonly cache: string;
  readonly key: string;
}

/**
 * The invalidation that belongs after a write, written with the names that mean the same at the write as where the entry is cached.
 * `undefined` where the entry is not in a user cache, or that cache is not in scope.
 */
export function invalidationFor(cachedBy: CacheOp, write: Node, analysis: Analysis): Invalidation | undefined {
  if (cachedBy.client.kind !== 'user') return undefined;
  const callee = unwrap(cachedBy.node.callee);
  const cache = callee.type === 'MemberExpression' ? dottedName(callee.object) : undefined;
  // A cache that a call hands out, such as `req.userCache.namespace('x')`, is not spelled again.
  if (
    cache === undefined ||
    cache.includes('(') ||
    callee.type !== 'MemberExpression' ||
    !areInScope(callee.object, write, analysis)
  )
    return undefined;
  const [first] = cachedBy.keys;
  const key = first && unwrap(first);
  if (key?.type !== 'ArrayExpression' || !key.elements[0]) return undefined;
  if (areInScope(key, write, analysis)) return { cache, key: analysis.sourceCode.getText(key) };
  // By prefix: the namespace alone invalidates every entry in it.
  const namespace = literalText(key.elements[0]);
  return namespace === undefined ? undefined : { cache, key: `['${namespace}']` };
}

function areInScope(expression: Node, at: Node, analysis: Analysis): boolean {
  const node = unwrap(expression);
  if (node.type === 'Identifier') return meansTheSame(variableOf(node, analysis.sourceCode), node.name, at, analysis);
  if (node.type === 'MemberExpression' && !node.computed) return areInScope(node.object, at, analysis);
  if (node.type === 'ThisExpression') return false;
  return childrenOf(node, analysis.sourceCode).every((child) => areInScope(child, at, analysis));
}

/** The variable itself, or one of the same name that is a parameter where this is: each handler has a `req` of its own. */
function meansTheSame(variable: Scope.Variable | undefined, name: string, at: Node, { sourceCode }: Analysis): boolean {
  const there = variableNamed(name, at, sourceCode);
  if (there === undefined || variable === undefined) return false;
  if (there === variable) return true;
  const kind = variable.defs[0]?.type;
  return kind === there.defs[0]?.type && (kind === 'Parameter' || kind === 'Variable');
}

/** A fix that appends the invalidation after the statement of the write; none where that would change what else happens. */
export function appendInvalidation(
  { cache, key }: Invalidation,
  write: Node,
  { sourceCode }: Analysis,
): Rule.ReportFixer | undefined {
  const statement = statementOf(write);
  const fn = enclosingFunction(write);
  if (!statement?.loc || fn?.async !== true) return undefined;
  const registering = parentOf(fn);
  // Inside a transaction the row is not committed yet: a reader would fill the cache with the old one.
  if (registering?.type === 'CallExpression' && isTransaction(registering)) return undefined;
  const indent = /^\s*/.exec(sourceCode.lines[statement.loc.start.line - 1] ?? '')?.[0] ?? '';
  return (fixer) => fixer.insertTextAfter(statement, `\n${indent}await ${cache}.invalidate(${key});`);
}

function statementOf(write: Node): Node | undefined {
  let node: Node = write;
  let isAwaited = false;
  for (let parent = parentOf(node); parent; parent = parentOf(node)) {
    if (node.type === 'AwaitExpression') isAwaited = true;
    if (parent.type === 'BlockStatement') {
      return isAwaited && (node.type === 'ExpressionStatement' || node.type === 'VariableDeclaration')
        ? node
        : undefined;
    }
    if (/Function|Statement$/.test(parent.type) && parent.type !== 'ExpressionStatement') return undefined;
    node = parent;
  }
  return undefined;
}
