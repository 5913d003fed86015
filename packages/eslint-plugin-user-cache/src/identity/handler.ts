import { type FunctionNode, type Node, dottedName, isFunction, parentOf, propertyName, unwrap } from '../ast/node.js';

/** What a parameter of a request handler is, canonically. */
export type HandlerRole = 'req' | 'res' | 'ctx' | 'next';

const NAMES: readonly (readonly [HandlerRole, RegExp])[] = [
  ['req', /^_?(?:req|request)$/],
  ['res', /^_?(?:res|response|reply)$/],
  ['ctx', /^_?(?:ctx|context)$/],
  ['next', /^_?next$/],
];

const ROUTE_METHODS = new Set('get post put patch delete all use head options route'.split(' '));
const ROUTERS = /(?:^|\.)(?:app|server|\w*router|\w*routes?|api|fastify|route\(\))$/i;

function byName(name: string): HandlerRole | undefined {
  return NAMES.find(([, pattern]) => pattern.test(name))?.[0];
}

function parameterName(parameter: Node | undefined): string | undefined {
  if (parameter?.type === 'AssignmentPattern') return parameterName(parameter.left);
  return parameter?.type === 'Identifier' ? parameter.name : undefined;
}

/** Whether a function is handed to a router as it stands, or wrapped: `app.get(path, asyncHandler(fn))`. */
export function routeCallOf(node: Node): Node | undefined {
  const call = parentOf(node);
  if (call?.type !== 'CallExpression' || !call.arguments.some((argument) => argument === node)) return undefined;
  const callee = unwrap(call.callee);
  if (callee.type === 'MemberExpression') {
    const router = dottedName(callee.object) ?? '';
    return ROUTE_METHODS.has(propertyName(callee) ?? '') && ROUTERS.test(router) ? call : undefined;
  }
  return callee.type === 'Identifier' ? routeCallOf(call) : undefined;
}

/** The role of a parameter: by its name, or by its position in a function that a router is given. */
export function handlerRoleOf(callee: FunctionNode, position: number): HandlerRole | undefined {
  const name = parameterName(callee.params[position]);
  const named = name === undefined ? undefined : byName(name);
  if (named) return named;
  if (position === 0 && callee.params[0]?.type === 'ObjectPattern') {
    const second = parameterName(callee.params[1]);
    if (second !== undefined && byName(second) === 'res') return 'req';
  }
  if (callee.params.length >= 2 && routeCallOf(callee)) return (['req', 'res', 'next'] as const)[position];
  return undefined;
}

/** A function that answers requests: what happens in it has a session behind it. */
export function isHandler(callee: FunctionNode): boolean {
  const roles = callee.params.map((_, position) => handlerRoleOf(callee, position));
  return (roles.includes('req') && roles.length > 1) || roles.includes('ctx');
}

/** `(req, res, next)`, where `next` is there to be called. */
export function isMiddleware(callee: FunctionNode): boolean {
  return callee.params.length === 3 && handlerRoleOf(callee, 0) === 'req' && handlerRoleOf(callee, 2) === 'next';
}

/** A function that a method of a value calls with pieces of that value: `rows.map((row) => ...)`, `promise.then(...)`. */
export function receiverOfCallback(callee: FunctionNode): Node | undefined {
  const call = parentOf(callee);
  if (call?.type !== 'CallExpression' || call.callee === callee) return undefined;
  const method = unwrap(call.callee);
  if (method.type !== 'MemberExpression' || !isFunction(callee)) return undefined;
  return ITERATORS.has(propertyName(method) ?? '') ? method.object : undefined;
}

const ITERATORS = new Set(
  'map flatMap forEach filter find findLast some every reduce sort toSorted then finally each eachLimit'.split(' '),
);
