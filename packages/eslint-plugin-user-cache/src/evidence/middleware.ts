import { type Analysis, memoize } from '../analysis.js';
import { type FunctionNode, type Node, dottedName, isFunction, parentOf, propertyName } from '../ast/node.js';
import { nodesUnder } from '../ast/returns.js';
import { isMiddleware } from '../identity/handler.js';
import { identityOf } from '../identity/identify.js';
import { pathOf } from '../identity/path.js';
import type { Entry } from './entry.js';

const ANSWERS = new Set(['json', 'send', 'end', 'write', 'render', 'jsonp']);

const AUTH_NAME =
  /^(?:(?:require|ensure|is|check|verify|needs?|must)_?(?:be)?_?)?(?:auth|authed|authn|authenticated?|authenticator|authorization|authorize\w*|loggedin|login|user|jwt|token|session)(?:middleware|guard|required|check|handler)?$|^(?:authenticate\w*|protect|protected|passport|withauth|jwtauth|bearerauth|auth\w*middleware)$/i;

/** The functions of others that run in front of a handler: `app.use(auth)`, `router.get(path, auth, ...)`. */
function isAuthArgument(node: Node): boolean {
  const parent = parentOf(node);
  if (parent?.type !== 'CallExpression' || parent.callee === node) return false;
  const method = parent.callee.type === 'MemberExpression' ? (propertyName(parent.callee) ?? '') : '';
  if (!/^(?:use|get|post|put|patch|delete|all|route)$/.test(method)) return false;
  const name = dottedName(node.type === 'CallExpression' ? node.callee : node) ?? '';
  return name.split('.').some((part) => AUTH_NAME.test(part));
}

function isSessionRead(node: Node, analysis: Analysis): boolean {
  if (node.type !== 'MemberExpression') return false;
  const path = pathOf(node, analysis);
  return path?.root === 'handler' && identityOf(node, analysis)?.source === 'session';
}

/** Where a file shows that its requests are authenticated. */
const authenticationIn = memoize((ast: Analysis['sourceCode']['ast'], analysis: Analysis): Node | undefined => {
  for (const node of nodesUnder(ast, analysis.sourceCode)) {
    if (isAuthArgument(node) || isSessionRead(node, analysis)) return node;
  }
  return undefined;
});

function answersFromCache(middleware: FunctionNode, analysis: Analysis): boolean {
  for (const node of nodesUnder(middleware.body, analysis.sourceCode)) {
    if (node.type !== 'MemberExpression' || !ANSWERS.has(propertyName(node) ?? '')) continue;
    const name = dottedName(node.object) ?? '';
    if (/^_?(?:res|response|reply)(?:\.status\(\)|\.type\(\)|\.set\(\))*$/.test(name)) return true;
  }
  return false;
}

/** A middleware that lets logged-in users pass by, or that looks at who asks in any other way, is not judged. */
function looksAtUser(middleware: FunctionNode, analysis: Analysis): boolean {
  for (const node of nodesUnder(middleware.body, analysis.sourceCode)) {
    if (node.type !== 'MemberExpression') continue;
    const identity = identityOf(node, analysis);
    if (identity) return true;
    const path = pathOf(node, analysis);
    if (path?.root === 'handler' && /\.(?:user|session|auth|authorization)\b|isAuthenticated/i.test(path.text))
      return true;
  }
  return false;
}

/** A handler that only reports errors, `next(error)`, lets no request through. */
function letsThrough(middleware: FunctionNode, analysis: Analysis): boolean {
  const next = middleware.params[2];
  if (next?.type !== 'Identifier') return false;
  for (const node of nodesUnder(middleware.body, analysis.sourceCode)) {
    const isNext = node.type === 'CallExpression' && dottedName(node.callee) === next.name;
    if (isNext && node.arguments.length === 0) return true;
  }
  return false;
}

function middlewareAround(node: Node): FunctionNode | undefined {
  for (let current = parentOf(node); current; current = parentOf(current)) {
    if (isFunction(current) && isMiddleware(current)) return current;
  }
  return undefined;
}

/**
 * A response cache: a `(req, res, next)` function that answers from the cache under a key made of the request alone.
 * Behind authentication the same URL has as many answers as users. Returns what shows that requests are authenticated,
 * `'unseen'` when this file does not show it, `undefined` when the entry is no such cache.
 */
export function responseCacheOf(entry: Entry, analysis: Analysis): Node | 'unseen' | undefined {
  const middleware = middlewareAround(entry.op.node);
  if (!middleware || entry.scope !== 'unscoped' || !letsThrough(middleware, analysis)) return undefined;
  if (!answersFromCache(middleware, analysis) || looksAtUser(middleware, analysis)) return undefined;
  return authenticationIn(analysis.sourceCode.ast, analysis) ?? 'unseen';
}
