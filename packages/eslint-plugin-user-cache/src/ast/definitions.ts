import type { Scope } from 'eslint';
import type * as ESTree from 'estree';
import { type FunctionNode, type Node, isFunction, parentOf, propertyName } from './node.js';
import { type ImportedName, importOf } from './scope.js';

/** A step into a value: a property by name or an element by position. */
export type Step = string | number;

/** One way a variable gets its value. `at` is where, for questions of order. */
export type Definition =
  | { readonly kind: 'value'; readonly node: Node; readonly at: Node }
  | { readonly kind: 'append'; readonly node: Node; readonly at: Node }
  /** A piece of a value: `const { id } = node`. */
  | { readonly kind: 'part'; readonly node: Node; readonly path: readonly Step[]; readonly at: Node }
  /** One element after the other: `for (const x of node)`. */
  | { readonly kind: 'element'; readonly node: Node; readonly path: readonly Step[]; readonly at: Node }
  | {
      readonly kind: 'parameter';
      readonly function: FunctionNode;
      readonly position: number;
      readonly path: readonly Step[];
    }
  | { readonly kind: 'import'; readonly imported: ImportedName }
  | { readonly kind: 'function'; readonly node: FunctionNode }
  | { readonly kind: 'opaque' };

/** The way from a pattern down to one of the names it binds; `undefined` where it cannot be told (`...rest`). */
export function pathInPattern(name: Node, pattern: Node): Step[] | undefined {
  const path: Step[] = [];
  let current = name;
  while (current !== pattern) {
    const parent = parentOf(current);
    if (!parent) return undefined;
    if (parent.type === 'ArrayPattern') path.unshift(parent.elements.indexOf(current as ESTree.Pattern));
    else if (parent.type === 'Property') {
      const step = propertyName(parent);
      if (step === undefined) return undefined;
      path.unshift(step);
    } else if (parent.type === 'RestElement') return undefined;
    current = parent;
  }
  return path;
}

function part(node: Node, path: readonly Step[] | undefined, at: Node): Definition {
  if (path === undefined) return { kind: 'part', node, path: ['...'], at };
  return path.length === 0 ? { kind: 'value', node, at } : { kind: 'part', node, path, at };
}

function parameterOf(definition: Scope.Definition & { type: 'Parameter' }): Definition {
  const { node, name } = definition;
  if (!isFunction(node)) return { kind: 'opaque' };
  for (const [position, parameter] of node.params.entries()) {
    const path = pathInPattern(name, parameter);
    if (path) return { kind: 'parameter', function: node, position, path };
  }
  return { kind: 'opaque' };
}

function declared(definition: Scope.Definition): Definition | undefined {
  switch (definition.type) {
    case 'Parameter':
      return parameterOf(definition);
    case 'FunctionName':
      return { kind: 'function', node: definition.node };
    case 'Variable': {
      const { node, name } = definition;
      const path = pathInPattern(name, node.id);
      const loop = parentOf(definition.parent);
      if (loop?.type === 'ForOfStatement') {
        return { kind: 'element', node: loop.right, path: path ?? ['...'], at: loop };
      }
      // `let c;` has no value until something is assigned.
      return node.init ? part(node.init, path, node) : undefined;
    }
    default:
      return { kind: 'opaque' };
  }
}

function assigned(reference: Scope.Reference): Definition | undefined {
  if (reference.init === true || !reference.isWrite()) return undefined;
  const { identifier } = reference;
  for (let current = parentOf(identifier as Node); current; current = parentOf(current)) {
    if (current.type !== 'AssignmentExpression') {
      if (current.type === 'UpdateExpression') return undefined;
      continue;
    }
    if (current.operator === '+=') return { kind: 'append', node: current.right, at: current };
    const path = pathInPattern(identifier as Node, current.left);
    return part(current.right, path, current);
  }
  return { kind: 'opaque' };
}

const known = new WeakMap<Scope.Variable, readonly Definition[]>();

/** Every way a variable gets its value, in the order of the source. */
export function definitionsOf(variable: Scope.Variable): readonly Definition[] {
  let definitions = known.get(variable);
  if (!definitions) {
    const imported = importOf(variable);
    definitions = imported
      ? [{ kind: 'import', imported }]
      : [...variable.defs.map(declared), ...variable.references.map(assigned)].filter((one) => one !== undefined);
    known.set(variable, definitions);
  }
  return definitions;
}

/** The value of a variable that is given once and never changed. */
export function onlyDefinition(variable: Scope.Variable): Definition | undefined {
  const definitions = definitionsOf(variable);
  return definitions.length === 1 ? definitions[0] : undefined;
}
