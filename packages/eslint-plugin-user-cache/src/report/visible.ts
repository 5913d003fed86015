import type { Analysis } from '../analysis.js';
import { type Node, isFunction, isInside, startOf, unwrap } from '../ast/node.js';
import { variableNamed, variableOf } from '../ast/scope.js';
import { classAround } from '../ast/member.js';
import { handlerRoleOf } from '../identity/handler.js';
import type { Identity } from '../identity/types.js';

function rootOf(expression: Node): Node {
  let node = unwrap(expression);
  while (node.type === 'MemberExpression') node = unwrap(node.object);
  return node;
}

type Variable = NonNullable<ReturnType<typeof variableOf>>;

function isRequest({ defs: [definition] }: Variable): boolean {
  if (definition?.type !== 'Parameter' || !isFunction(definition.node)) return false;
  const position = definition.node.params.findIndex((parameter) => isInside(definition.name, parameter));
  const role = handlerRoleOf(definition.node, position);
  return role === 'req' || role === 'ctx' || role === 'res';
}

/** Whether an expression means the same at another place: the same variable, or the request of another handler. */
function isVisible(expression: Node, at: Node, analysis: Analysis): boolean {
  const root = rootOf(expression);
  if (root.type === 'ThisExpression') return classAround(root) !== undefined && classAround(root) === classAround(at);
  if (root.type !== 'Identifier') return false;
  const there = variableOf(root, analysis.sourceCode);
  const here = variableNamed(root.name, at, analysis.sourceCode);
  if (!there || !here) return false;
  if (there !== here) return isRequest(there) && isRequest(here);
  const definition = here.defs[0];
  // A constant that is declared further down does not exist yet where the key is built.
  return definition?.type === 'Parameter' || (definition !== undefined && startOf(definition.name) < startOf(at));
}

/** Whether the first part of a path is a parameter by the same name at a place. */
function isPathVisible(path: string, at: Node, analysis: Analysis): boolean {
  const [root = ''] = path.split('.');
  const isPlain = path.split('.').every((part) => /^[\p{L}_$][\p{L}\p{N}_$]*$/u.test(part));
  return isPlain && variableNamed(root, at, analysis.sourceCode)?.defs[0]?.type === 'Parameter';
}

/**
 * How an identity is written so that every one of `places` understands it: as it stands where it was found, or by its
 * source. `undefined` for what no user is named by, and for what one of the places does not see.
 */
export function spellingFor(
  { role, node, path }: Identity,
  places: readonly Node[],
  analysis: Analysis,
): string | undefined {
  if (role === 'attribute') return undefined;
  const suffix = /(?:^|\.)(?:user|currentUser|viewer|auth)$/.test(path) ? '.id' : '';
  if (places.every((place) => isVisible(node, place, analysis))) return analysis.sourceCode.getText(node) + suffix;
  return places.every((place) => isPathVisible(path, place, analysis)) ? path + suffix : undefined;
}
