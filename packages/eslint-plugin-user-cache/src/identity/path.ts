import type { Scope } from 'eslint';
import type { Analysis } from '../analysis.js';
import { type Definition, type Step, definitionsOf, onlyDefinition } from '../ast/definitions.js';
import { EMPTY, type Environment } from '../ast/environment.js';
import { type Node, dottedName, propertyName, unwrap, unwrapAwait } from '../ast/node.js';
import { nodesUnder } from '../ast/returns.js';
import { variableOf } from '../ast/scope.js';
import { type HandlerRole, handlerRoleOf, receiverOfCallback } from './handler.js';

/**
 * What the first part of a path is.
 * `call` is the result of a call, `loaded` one that was awaited; `element` a piece that a loop or a callback is given.
 */
export type Root = 'handler' | 'this' | 'parameter' | 'element' | 'call' | 'loaded' | 'constant' | 'local';

export interface Path {
  /** Canonical: `req.user.id`, however the file came by it. */
  readonly text: string;
  readonly root: Root;
  /** The call at the root of a `call` or `loaded` path. */
  readonly call?: Node;
}

const MAX_DEPTH = 16;

/** A variable with more values than this, or one this deep, is given up: each way doubles the work. */
const MAX_WAYS = 4;

function below(path: Path, steps: readonly Step[]): Path {
  return steps.length === 0 ? path : { ...path, text: [path.text, ...steps].join('.') };
}

function extend(path: Path | undefined, steps: readonly Step[]): Path | undefined {
  return path && below(path, steps);
}

function rootOf(role: HandlerRole | undefined): Path | undefined {
  return role && { text: role, root: 'handler' };
}

function ofParameter(definition: Definition & { kind: 'parameter' }, name: string): Path {
  const role = handlerRoleOf(definition.function, definition.position);
  // `(userId) => ...` in a handler's place would be the client's word: only what hangs off the request counts.
  const handled = extend(rootOf(role), definition.path);
  if (handled) return handled;
  if (receiverOfCallback(definition.function)) return { text: name, root: 'element' };
  const [first] = definition.path;
  // `({ ctx, input }) => ctx.user.id`: procedures take one object.
  if (first === 'ctx' || first === 'req') return below({ text: first, root: 'handler' }, definition.path.slice(1));
  if (definition.path.length > 0) {
    const parameter = definition.function.params[definition.position];
    const object = parameter?.type === 'Identifier' ? parameter.name : 'arguments';
    return { text: definition.path.length === 1 ? name : [object, ...definition.path].join('.'), root: 'parameter' };
  }
  return { text: name, root: 'parameter' };
}

function ofDefinition(
  definition: Definition | undefined,
  name: string,
  analysis: Analysis,
  environment: Environment,
  depth: number,
): Path {
  switch (definition?.kind) {
    case 'value': {
      const path = pathOf(definition.node, analysis, environment, depth + 1);
      // The name of the variable tells more than the call it came from.
      if (path?.root === 'call' || path?.root === 'loaded') return { ...path, text: name };
      return path ?? { text: name, root: 'local' };
    }
    case 'part':
      return (
        extend(pathOf(definition.node, analysis, environment, depth + 1), definition.path) ?? {
          text: name,
          root: 'local',
        }
      );
    case 'parameter':
      return ofParameter(definition, name);
    case 'element':
      return { text: name, root: 'element' };
    case 'import':
    case 'function':
      return { text: name, root: 'constant' };
    default:
      return { text: name, root: 'local' };
  }
}

/** `let row; ... row = await a(); ... row = await b();`: whichever way, it is a row that was loaded, and not who asks. */
function loadedOnEveryWay(variable: Scope.Variable, name: string, analysis: Analysis, depth: number): Path | undefined {
  const values = definitionsOf(variable).filter(
    (definition) => definition.kind !== 'value' || !isNothing(definition.node),
  );
  if (values.length < 2 || values.length > MAX_WAYS || depth > MAX_WAYS) return undefined;
  const paths = values.map((definition) =>
    definition.kind === 'value' || definition.kind === 'part'
      ? pathOf(definition.node, analysis, EMPTY, depth + 1)
      : undefined,
  );
  const loaded = paths.find((path) => path?.root === 'loaded' || path?.root === 'call');
  const isLoaded = paths.every((path) => !path || ['loaded', 'call', 'local', 'constant'].includes(path.root));
  return loaded && isLoaded ? { ...loaded, text: name } : undefined;
}

function isNothing(value: Node): boolean {
  const node = unwrap(value);
  return (node.type === 'Literal' && node.value === null) || (node.type === 'Identifier' && node.name === 'undefined');
}

/** The way from a known root to the value of an expression; `undefined` where the expression is no plain access. */
export function pathOf(
  expression: Node,
  analysis: Analysis,
  environment: Environment = EMPTY,
  depth = 0,
): Path | undefined {
  // Variables that assign each other would be followed for ever.
  if (depth > MAX_DEPTH) return undefined;
  const node = unwrap(expression);
  switch (node.type) {
    case 'ThisExpression':
      return { text: 'this', root: 'this' };
    case 'Identifier': {
      const variable = variableOf(node, analysis.sourceCode);
      const bound = variable && environment.bindings.get(variable);
      if (bound) return pathOf(bound.node, analysis, bound.environment, depth + 1);
      if (!variable || variable.defs.length === 0) return { text: node.name, root: 'constant' };
      return (
        loadedOnEveryWay(variable, node.name, analysis, depth) ??
        ofDefinition(onlyDefinition(variable), node.name, analysis, environment, depth)
      );
    }
    case 'MemberExpression': {
      const object = pathOf(node.object, analysis, environment, depth + 1);
      return object && extend(object, [propertyName(node) ?? '*']);
    }
    case 'AwaitExpression': {
      const path = pathOf(node.argument, analysis, environment, depth + 1);
      return path?.root === 'call' ? { ...path, root: 'loaded' } : path;
    }
    case 'CallExpression': {
      const callee = unwrap(node.callee);
      if (callee.type === 'MemberExpression') {
        const object = pathOf(callee.object, analysis, environment, depth + 1);
        if (object?.root === 'handler') return extend(object, [`${propertyName(callee) ?? '*'}()`]);
      }
      return { text: `${dottedName(callee) ?? ''}()`, root: 'call', call: node };
    }
    default:
      return undefined;
  }
}

/** Whether two expressions are compared anywhere in a function: after `if (req.params.id !== req.user.id) return` they are one. */
export function areCompared(left: string, right: string, within: Node, analysis: Analysis): boolean {
  for (const node of nodesUnder(within, analysis.sourceCode)) {
    if (node.type !== 'BinaryExpression' || !/^[!=]==?$/.test(node.operator)) continue;
    const sides = [comparedPath(node.left, analysis), comparedPath(node.right, analysis)];
    if (sides.includes(left) && sides.includes(right)) return true;
  }
  return false;
}

function comparedPath(side: Node, analysis: Analysis): string | undefined {
  return pathOf(withoutConversion(side), analysis)?.text;
}

const CONVERSIONS = new Set('String Number BigInt parseInt ObjectId encodeURIComponent'.split(' '));
const CONVERTING_METHODS = new Set('toString toHexString toLowerCase toUpperCase trim valueOf toJSON'.split(' '));

/** The value inside `String(x)`, `x.toString()`, `new ObjectId(x)`: another spelling of the same thing. */
export function withoutConversion(expression: Node): Node {
  const node = unwrapAwait(expression);
  if (node.type !== 'CallExpression' && node.type !== 'NewExpression') return node;
  const callee = unwrap(node.callee);
  if (callee.type === 'MemberExpression' && node.type === 'CallExpression') {
    if (CONVERTING_METHODS.has(propertyName(callee) ?? '')) return withoutConversion(callee.object);
  }
  const name = callee.type === 'MemberExpression' ? propertyName(callee) : dottedName(callee);
  const [first] = node.arguments;
  return first && CONVERSIONS.has(name ?? '') ? withoutConversion(first) : node;
}
