import type { Scope, SourceCode } from 'eslint';
import { pathInPattern } from './definitions.js';
import { propertyOf } from './functions.js';
import { type FunctionNode, type Node, unwrap } from './node.js';

/** What the parameters of a function stand for at one of its calls. */
export interface Environment {
  readonly bindings: ReadonlyMap<Scope.Variable, Bound>;
  /** Calls inside calls: a summary that goes deeper than this is given up. */
  readonly depth: number;
}

export interface Bound {
  readonly node: Node;
  readonly environment: Environment;
}

export const EMPTY: Environment = { bindings: new Map(), depth: 0 };

/** Binds the parameters of `callee` to the arguments of a call that is itself seen in `outer`. */
export function enter(
  callee: FunctionNode,
  given: readonly Node[],
  outer: Environment,
  sourceCode: SourceCode,
): Environment {
  const bindings = new Map<Scope.Variable, Bound>();
  for (const variable of sourceCode.getDeclaredVariables(callee)) {
    const definition = variable.defs[0];
    if (definition?.type !== 'Parameter') continue;
    for (const [position, parameter] of callee.params.entries()) {
      const path = pathInPattern(definition.name, parameter);
      const node = path && argumentAt(given, position, path);
      if (node) bindings.set(variable, { node, environment: outer });
    }
  }
  return { bindings, depth: outer.depth + 1 };
}

function argumentAt(given: readonly Node[], position: number, path: readonly (string | number)[]): Node | undefined {
  let node = given[position];
  for (const step of path) {
    const object = node && unwrap(node);
    if (object?.type !== 'ObjectExpression') return undefined;
    node = propertyOf(object, String(step));
  }
  return node?.type === 'SpreadElement' ? undefined : node;
}
