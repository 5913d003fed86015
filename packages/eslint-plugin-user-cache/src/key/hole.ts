import type { Analysis } from '../analysis.js';
import type { Definition } from '../ast/definitions.js';
import type { Environment } from '../ast/environment.js';
import { type Node, unwrapAwait } from '../ast/node.js';
import { dependenciesOf } from '../identity/depend.js';
import { identityOf, isRequestInput } from '../identity/identify.js';
import { isOpaqueName } from '../identity/names.js';
import { type Path, pathOf } from '../identity/path.js';
import type { Identity } from '../identity/types.js';
import { shortText } from './combine.js';
import type { KeyPart } from './shape.js';

function hole(node: Node, text: string, identities: readonly Identity[]): KeyPart {
  return { kind: 'hole', text, node, identities };
}

/** What a plain access names when it is no identity; `undefined` where only a caller could tell. */
function isKnownForeign(path: Path): boolean {
  const parts = path.text.split('.');
  switch (path.root) {
    case 'handler':
      return isRequestInput(path);
    // A module's constant cannot differ from one request to the next.
    case 'constant':
    case 'loaded':
      return true;
    case 'element':
    case 'parameter':
      return !isOpaqueName(parts.at(-1) ?? '');
    case 'call':
    case 'local':
    case 'this':
      return false;
  }
}

/** An expression that is filled into a key. */
export function holeOf(expression: Node, analysis: Analysis, environment: Environment): KeyPart {
  const node = unwrapAwait(expression);
  const identity = identityOf(node, analysis, environment);
  const path = pathOf(node, analysis, environment);
  if (identity) return hole(node, identity.path, [identity]);
  const text = path?.root === 'handler' ? path.text : shortText(node, analysis);
  if (path && node.type !== 'CallExpression') {
    if (isKnownForeign(path)) return hole(node, text, []);
    if (path.root === 'this' || path.root === 'parameter' || path.root === 'element') {
      return { kind: 'unknown', text, node };
    }
  }
  return computed(node, text, analysis, environment);
}

/** A call or a computed value: scoped when an identity goes in, foreign when all that goes in is known not to be one. */
function computed(node: Node, text: string, analysis: Analysis, environment: Environment): KeyPart {
  const { found, opaque } = dependenciesOf(node, analysis, environment);
  if (found.length > 0)
    return hole(
      node,
      text,
      found.map(({ identity }) => identity),
    );
  if (isOfInstance(node, analysis) || opaque.some(({ name }) => isOpaqueName(name)))
    return { kind: 'unknown', text, node };
  return hole(node, text, []);
}

/** A call without arguments, or of a method of something the caller made: the object may know the user. */
function isOfInstance(node: Node, analysis: Analysis): boolean {
  if (node.type !== 'CallExpression') return false;
  if (node.arguments.length === 0 && node.callee.type !== 'MemberExpression') return true;
  const root = node.callee.type === 'MemberExpression' ? pathOf(node.callee.object, analysis)?.root : undefined;
  return (
    root === 'this' || root === 'parameter' || (node.arguments.length === 0 && root !== undefined && root !== 'call')
  );
}

/** A variable that a pattern, a parameter, a loop or an import defines. */
export function partOfVariable(
  node: Node,
  definition: Definition,
  analysis: Analysis,
  environment: Environment,
): KeyPart {
  const whole = holeOf(node, analysis, environment);
  if (whole.kind === 'hole' || definition.kind !== 'part') return whole;
  return computed(definition.node, whole.text, analysis, environment);
}
