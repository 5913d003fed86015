import type { Analysis } from '../analysis.js';
import { dottedName, enclosingFunction } from '../ast/node.js';
import { dependenciesOf, loadersOf } from '../identity/depend.js';
import { UNGUESSABLE, UNGUESSABLE_NAME } from '../identity/calls.js';
import type { Dependency } from '../identity/flow.js';
import { isOpaqueName } from '../identity/names.js';
import { areCompared } from '../identity/path.js';
import type { Identity } from '../identity/types.js';
import { type Coverage, coverage } from '../key/cover.js';
import type { KeyShape } from '../key/shape.js';
import { type Entry, sourceOf } from './entry.js';

/** A value that depends on an identity, and whether its key holds that identity. */
export interface Dependence {
  readonly dependency: Dependency;
  readonly coverage: Coverage;
}

export interface Value {
  readonly dependences: readonly Dependence[];
  /** `shared`: nothing in it depends on an identity. `unknown`: some of it comes from where the file does not show. */
  readonly verdict: 'user' | 'shared' | 'unknown';
}

function hasNoHole({ alternatives }: KeyShape): boolean {
  return alternatives.every((alternative) => alternative.every((part) => part.kind === 'literal'));
}

/**
 * An id that the client sent names the user that was asked for, and anyone may ask: no proof. Two cases are: the body,
 * where many servers put the verified id, and a key without any hole, under which every answer is the same entry.
 */
function isProof({ identity, flow }: Dependency, shape: KeyShape): boolean {
  if (flow === 'carried' || !identity.proof) return false;
  return identity.source !== 'request' || identity.path.startsWith('req.body.') || hasNoHole(shape);
}

/**
 * Whether a key names something that was found with the identity: the id of a row that was loaded for the user, another
 * property of the object that the identity is read from, a random id that only its owner was given. Such a key may be as good as the identity itself.
 */
function comesWith({ alternatives }: KeyShape, identity: Identity, analysis: Analysis): boolean {
  const [root = '', ...rest] = identity.path.split('.');
  return alternatives.flat().some((part) => {
    // What a call makes of its arguments was asked when the key was read.
    if (part.kind === 'literal' || part.node.type === 'CallExpression') return false;
    if (identity.source === 'name' && rest.length > 0 && part.text.startsWith(`${root}.`)) return true;
    if (UNGUESSABLE_NAME.test(part.text)) return true;
    if (loadersOf(part.node, analysis).some(({ callee }) => UNGUESSABLE.test(dottedName(callee) ?? ''))) return true;
    return dependenciesOf(part.node, analysis).found.some((held) => held.identity.path === identity.path);
  });
}

/** What the value of an entry depends on; the ones that its key lacks first. */
export function valueOf(entry: Entry, analysis: Analysis): Value {
  const source = sourceOf(entry);
  if (!source) return { dependences: [], verdict: 'unknown' };
  const { found, opaque } = dependenciesOf(source, analysis);
  const around = enclosingFunction(entry.op.node) ?? analysis.sourceCode.ast;
  const areSame = (left: string, right: string): boolean => areCompared(left, right, around, analysis);
  const dependences = found
    .filter((dependency) => isProof(dependency, entry.shape))
    .map((dependency) => {
      const verdict = coverage(entry.shape, dependency.identity, areSame);
      const isDerived = verdict === 'lacking' && comesWith(entry.shape, dependency.identity, analysis);
      return { dependency, coverage: isDerived ? ('unknown' as const) : verdict };
    })
    .sort((left, right) => rank(left) - rank(right));
  if (dependences.length > 0) return { dependences, verdict: 'user' };
  const isUnknown = opaque.some(({ name, flow }) => flow === 'carried' || isOpaqueName(name));
  return { dependences, verdict: isUnknown ? 'unknown' : 'shared' };
}

const ROLES: readonly Identity['role'][] = ['user', 'tenant', 'attribute'];
const COVERAGES: readonly Coverage[] = ['lacking', 'unknown', 'covered'];

function rank({ dependency, coverage: verdict }: Dependence): number {
  return COVERAGES.indexOf(verdict) * ROLES.length + ROLES.indexOf(dependency.identity.role);
}
