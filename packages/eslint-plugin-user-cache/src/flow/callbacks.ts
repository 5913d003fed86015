import { type Call, type Node, isFunction, propertyName, unwrap } from '../ast/node.js';
import { mongodb } from '../catalog/mongodb.js';
import { mongoose } from '../catalog/mongoose.js';
import { prisma } from '../catalog/prisma.js';
import { isHandler, routeCallOf } from '../identity/handler.js';

/**
 * How a call runs a function that it is given.
 * - `inline`: before the call has ended, as if its body stood there (once, or for each element: a loop over keys is taken to run);
 * - `perhaps`: before the call has ended or not at all; what it writes counts, what it invalidates does not;
 * - `deferred`: soon after, whatever happens then; what it invalidates counts, what it writes is a path of its own;
 * - `entry`: from outside, any number of times: an entry point such as a route handler or an event listener.
 */
export type Run = 'inline' | 'perhaps' | 'deferred' | 'entry';

const DEFERRED: ReadonlySet<string> = new Set([
  'setTimeout',
  'setImmediate',
  'queueMicrotask',
  'nextTick',
  'afterCommit',
  'after',
  'waitUntil',
]);

const ENTRY: ReadonlySet<string> = new Set([
  'setInterval',
  'on',
  'once',
  'addListener',
  'prependListener',
  'addEventListener',
  'subscribe',
  'schedule',
  'process',
]);

const PERHAPS: ReadonlySet<string> = new Set(['catch']);

const TRANSACTIONS: ReadonlySet<string> = new Set([
  ...mongoose.transactions,
  ...mongodb.transactions,
  ...prisma.transactions,
]);

export function calleeName(call: Call): string | undefined {
  const callee = unwrap(call.callee);
  if (callee.type === 'Identifier') return callee.name;
  return callee.type === 'MemberExpression' ? propertyName(callee) : undefined;
}

export function isTransaction(call: Call): boolean {
  return TRANSACTIONS.has(calleeName(call) ?? '');
}

/**
 * How `call` runs `fn`, which the file shows for its `argument`. A callee that nobody knows is taken to run it once, before it
 * returns: `withLock(key, fn)`.
 */
export function runOf(call: Call, argument: Node, fn: Node): Run {
  if ((isFunction(fn) && isHandler(fn)) || routeCallOf(argument)) return 'entry';
  const name = calleeName(call);
  if (name === undefined || isTransaction(call)) return 'inline';
  if (DEFERRED.has(name)) return 'deferred';
  if (PERHAPS.has(name)) return 'perhaps';
  return ENTRY.has(name) ? 'entry' : 'inline';
}
