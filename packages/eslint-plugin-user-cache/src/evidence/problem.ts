import type { Analysis } from '../analysis.js';
import type { Node } from '../ast/node.js';
import type { CacheOp } from '../cache/types.js';
import type { Dependency } from '../identity/flow.js';
import { identityOf } from '../identity/identify.js';
import type { Identity } from '../identity/types.js';
import type { Matcher } from '../settings/pattern.js';
import { type Declarations, declaredOwnerOf } from './declared.js';
import { type Value, valueOf } from './dependence.js';
import { identityAround } from './around.js';
import { scopedElsewhere, scopedSkeletons } from './elsewhere.js';
import { type Entry, entriesOf, movesValue } from './entry.js';
import { responseCacheOf } from './middleware.js';

/** What is wrong with the key of an entry, and what shows it. */
export type Problem = { readonly entry: Entry; readonly identity?: Identity } & (
  | { readonly kind: 'valueDependsOnUser' | 'sharedHoldsUserData' | 'cannotSeeKey'; readonly dependency: Dependency }
  | { readonly kind: 'responseCache'; readonly authentication: Node }
  | { readonly kind: 'scopedElsewhere' | 'readsUsersEntry'; readonly other: Entry }
  | { readonly kind: 'declaredAsUsers'; readonly name: string }
  | { readonly kind: 'cannotSeeValue' }
  | { readonly kind: 'knowsUser'; readonly identity: Identity }
);

export interface Question {
  readonly publicKeys: Matcher;
  readonly declared: Declarations;
  /** Also what can be proven neither wrong nor right. */
  readonly strict: boolean;
}

function ofValue(entry: Entry, value: Value): Problem | undefined {
  const [first] = value.dependences;
  if (!first) return undefined;
  const { dependency } = first;
  const found = { entry, identity: dependency.identity, dependency };
  if (entry.op.client.kind === 'shared') return { ...found, kind: 'sharedHoldsUserData' };
  return first.coverage === 'lacking' ? { ...found, kind: 'valueDependsOnUser' } : undefined;
}

function ofMiddleware(entry: Entry, { strict }: Question, analysis: Analysis): Problem | undefined {
  const shown = responseCacheOf(entry, analysis);
  if (shown === undefined) return undefined;
  if (shown === 'unseen') return strict ? { entry, kind: 'cannotSeeValue' } : undefined;
  const identity = identityOf(shown, analysis);
  return { entry, kind: 'responseCache', authentication: shown, ...(identity && { identity }) };
}

function ofOther(entry: Entry, other: Entry | undefined): Problem | undefined {
  if (!other) return undefined;
  const identities = other.shape.alternatives.flat().flatMap((part) => (part.kind === 'hole' ? part.identities : []));
  const [identity] = identities;
  return { entry, kind: 'scopedElsewhere', other, ...(identity && { identity }) };
}

function ofDeclaration(entry: Entry, { declared }: Question, analysis: Analysis): Problem | undefined {
  const name = entry.scope === 'unscoped' ? declaredOwnerOf(entry, declared, analysis) : undefined;
  return name === undefined ? undefined : { entry, kind: 'declaredAsUsers', name };
}

/** A key that is nothing but what somebody hands in belongs to a wrapper: its callers are judged. */
function isWrapped({ shape }: Entry): boolean {
  return shape.alternatives.every((alternative) =>
    alternative.every(({ kind, node }) => kind === 'unknown' && node.type === 'Identifier'),
  );
}

function ofDoubt(entry: Entry, value: Value, stored: ReadonlySet<string>, analysis: Analysis): Problem | undefined {
  if (isWrapped(entry)) return undefined;
  const [first] = value.dependences;
  if (first?.coverage === 'unknown') {
    return { entry, kind: 'cannotSeeKey', dependency: first.dependency, identity: first.dependency.identity };
  }
  if (entry.scope !== 'unscoped') return undefined;
  const isFilledHere = entry.op.op === 'read' && stored.has(entry.printed);
  if (value.verdict === 'unknown' && !isFilledHere) return { entry, kind: 'cannotSeeValue' };
  const identity = identityAround(entry.op.node, analysis);
  return identity && { entry, kind: 'knowsUser', identity };
}

/** The reads of an entry that another operation fills with a user's data. */
function ofRead(entry: Entry, filled: ReadonlyMap<string, Problem>): Problem | undefined {
  const other = entry.op.op === 'read' ? filled.get(entry.printed) : undefined;
  if (!other) return undefined;
  return { entry, kind: 'readsUsersEntry', other: other.entry, ...(other.identity && { identity: other.identity }) };
}

/** Everything wrong with the keys of a file, in the order of the source. */
export function problemsIn(ops: readonly CacheOp[], question: Question, analysis: Analysis): Problem[] {
  const entries = ops.flatMap((op) => entriesOf(op, analysis));
  const judged = entries.filter(
    (entry) => movesValue(entry) && entry.op.client.kind !== 'user' && !question.publicKeys(entry.printed),
  );
  const scoped = scopedSkeletons(entries);
  const values = new Map(judged.map((entry) => [entry, valueOf(entry, analysis)]));
  const stored = new Set(judged.filter(({ op }) => op.op !== 'read').map(({ printed }) => printed));
  const problems = new Map<Entry, Problem>();
  for (const [entry, value] of values) {
    const problem =
      ofValue(entry, value) ??
      ofMiddleware(entry, question, analysis) ??
      ofOther(entry, scopedElsewhere(entry, scoped)) ??
      ofDeclaration(entry, question, analysis);
    if (problem) problems.set(entry, problem);
  }
  const filled = new Map(
    [...problems.values()].filter(({ kind }) => kind === 'valueDependsOnUser').map((one) => [one.entry.printed, one]),
  );
  return [...values].flatMap(([entry, value]) => {
    const doubt = question.strict ? ofDoubt(entry, value, stored, analysis) : undefined;
    const problem = problems.get(entry) ?? ofRead(entry, filled) ?? doubt;
    return problem ? [problem] : [];
  });
}

/** Every operation of a file on the same key as an entry: all of them must go on naming the same one. */
export function sameKey(entry: Entry, ops: readonly CacheOp[], analysis: Analysis): Entry[] {
  return ops
    .flatMap((op) => entriesOf(op, analysis))
    .filter(({ printed, op }) => printed === entry.printed && op.client.kind === entry.op.client.kind);
}
