import type { Scope } from 'eslint';
import { type Definition, definitionsOf } from './definitions.js';
import { type Node, endOf, enclosingFunction, isInside, parentOf, startOf } from './node.js';

const LEAVES: ReadonlySet<string> = new Set([
  'ReturnStatement',
  'ThrowStatement',
  'ContinueStatement',
  'BreakStatement',
]);

/** Whether control that passed `at` can come to `use`: not out of a branch that has left, not into the other branch. */
function canReach(at: Node, use: Node): boolean {
  if (enclosingFunction(at) !== enclosingFunction(use)) return true;
  if (startOf(at) > endOf(use)) return false;
  let child = at;
  for (let node = parentOf(at); node && !isInside(use, node); child = node, node = parentOf(node)) {
    const last = node.type === 'BlockStatement' ? node.body.at(-1) : undefined;
    if (last && LEAVES.has(last.type)) return false;
  }
  const branch = parentOf(child);
  if (branch?.type !== 'IfStatement') return true;
  const other = child === branch.consequent ? branch.alternate : branch.consequent;
  return !other || child === branch.test || !isInside(use, other);
}

/** A plain assignment in a block around `use` replaces whatever was there before. */
function replaces(definition: Definition, use: Node): boolean {
  if (definition.kind !== 'value' && definition.kind !== 'part') return false;
  const statement = parentOf(definition.at);
  const block = statement && parentOf(statement);
  return (
    statement !== undefined &&
    (statement.type === 'ExpressionStatement' || statement.type === 'VariableDeclaration') &&
    block !== undefined &&
    enclosingFunction(use) === enclosingFunction(definition.at) &&
    isInside(use, block)
  );
}

/** Whether what happens at `at` can have happened when `use` is evaluated. */
export function happensBefore(at: Node, use: Node): boolean {
  return !isInside(use, at) && canReach(at, use);
}

/** The ways a variable can have got the value it has at `use`. */
export function definitionsAt(variable: Scope.Variable, use: Node): readonly Definition[] {
  const reaching = definitionsOf(variable).filter(
    (definition) => !('at' in definition) || isInside(use, definition.at) || canReach(definition.at, use),
  );
  const last = reaching.findLastIndex((definition) => replaces(definition, use));
  return last > 0 ? reaching.slice(last) : reaching;
}
