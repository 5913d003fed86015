import type * as ESTree from 'estree';
import { propertyOf } from '../ast/functions.js';
import { type Node, dottedName, isFunction, propertyName, unwrap } from '../ast/node.js';
import type { Identity } from './types.js';
import { BILLING_PROPERTIES, CARRIERS, CREATES, DATA_PROPERTIES, PROMPT_PROPERTIES, UPDATES } from './calls.js';

/**
 * How a value depends on an identity.
 * `carried`: it is stored as it is (`{ userId }`); `selects`: it decides what a call returns; `compares`: it decides
 * a field (`liked: row.fans.includes(userId)`, `mine: row.owner === userId`).
 */
export type Flow = 'carried' | 'selects' | 'compares';

export interface Dependency {
  readonly identity: Identity;
  readonly flow: Flow;
  /** Where the identity meets the value. */
  readonly at: Node;
}

export interface Opaque {
  readonly name: string;
  readonly flow: Flow;
}

export interface Dependencies {
  readonly found: readonly Dependency[];
  /** What comes from where the file does not show: parameters, by their names. */
  readonly opaque: readonly Opaque[];
}

/** A piece of an expression and how the whole depends on it. */
export interface Piece {
  readonly node: Node;
  readonly flow: Flow;
}

export function isPromiseAll(node: Node): node is ESTree.CallExpression {
  return node.type === 'CallExpression' && /^Promise\.(?:all|allSettled)$/.test(dottedName(node.callee) ?? '');
}

/** The request of a model provider has several of the properties that only such a request has. */
function isPrompt(node: Node): boolean {
  if (node.type !== 'ObjectExpression') return false;
  const names = node.properties.map((one) => (one.type === 'Property' ? (propertyName(one) ?? '') : ''));
  return names.filter((name) => PROMPT_PROPERTIES.has(name)).length > 1;
}

/** An argument that decides what a call returns, without the properties that are known not to. */
function selectorPieces(argument: Node): Piece[] {
  const node = unwrap(argument);
  if (node.type !== 'ObjectExpression') return [{ node, flow: 'selects' }];
  const isWrite = propertyOf(node, 'where') !== undefined;
  return node.properties.flatMap((property): Piece[] => {
    if (property.type !== 'Property') return [{ node: property.argument, flow: 'selects' }];
    const name = propertyName(property) ?? '';
    if (isPrompt(node) && BILLING_PROPERTIES.has(name)) return [];
    return [{ node: property.value, flow: isWrite && DATA_PROPERTIES.has(name) ? 'carried' : 'selects' }];
  });
}

/** What the arguments of a call that the file does not define do to its result. */
export function argumentPieces(call: ESTree.CallExpression, flow: Flow): Piece[] {
  const callee = unwrap(call.callee);
  const method = callee.type === 'MemberExpression' ? (propertyName(callee) ?? '') : '';
  const name = dottedName(callee) ?? method;
  const isCarrier = CARRIERS.test(name) || isPromiseAll(call);
  return call.arguments.flatMap((argument, position): Piece[] => {
    // A callback stands for what it returns.
    if (isCarrier || isFunction(argument)) return [{ node: argument, flow }];
    const isData = CREATES.test(method) ? !isPrompt(argument) : UPDATES.test(method) && position > 0;
    return isData ? [{ node: argument, flow: 'carried' }] : selectorPieces(argument);
  });
}
