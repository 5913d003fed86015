import type { Analysis } from '../analysis.js';
import { type Call, type Node, dottedName, enclosingFunction, endOf, isInside, startOf } from '../ast/node.js';
import type { CacheOp } from '../cache/types.js';
import { canonicalEntity } from '../db/entity.js';
import type { DbWrite } from '../db/types.js';
import { nameMatcher } from '../settings/pattern.js';
import type { Cached, CachedAt } from './cached.js';
import { touches } from './family.js';
import { guardsOf } from './guards.js';
import { entitiesOfEvent, soundsLikeInvalidation } from './hints.js';
import type { Runs } from './runs.js';
import type { SummaryOf } from './summaries.js';
import type { Survey } from './survey.js';
import { type Transfer, compose, transfersOver } from './transfer.js';

/** A write with what shows its entity to be cached; without evidence it cannot be proven that anything is stale. */
export interface JudgedWrite {
  readonly write: DbWrite;
  readonly evidence: readonly CachedAt[];
}

export interface EffectsOptions {
  readonly survey: Survey;
  readonly cached: Cached;
  readonly runs: Runs;
  readonly writes: readonly JudgedWrite[];
  readonly analysis: Analysis;
  /** Whether a function of another file that is named for invalidating is believed to do it. */
  readonly believeNames: boolean;
}

export interface Effects {
  readonly identity: Transfer;
  readonly effectOf: (event: Node, summaryOf: SummaryOf) => Transfer | undefined;
  /** The writes whose cached data an operation clears. */
  readonly settledBy: (op: CacheOp) => bigint;
}

export function effectsOf({ survey, cached, runs, writes, analysis, believeNames }: EffectsOptions): Effects {
  const { identity, writes: make, invalidates, overwrites } = transfersOver(writes.length);
  const every = identity.open;
  const isDeclared = nameMatcher(analysis.settings.invalidators);
  // Writes with the same evidence are settled together: they are told apart by nothing that an operation clears.
  const groups = new Map<readonly CachedAt[], bigint>();
  for (const [index, { evidence }] of writes.entries()) {
    groups.set(evidence, (groups.get(evidence) ?? 0n) | (1n << BigInt(index)));
  }
  const writtenBefore = writtenBeforeIn(writes, groups);
  const bitsWhere = (test: (judged: JudgedWrite) => boolean): bigint =>
    writes.reduce((bits, judged, index) => (test(judged) ? bits | (1n << BigInt(index)) : bits), 0n);

  const settled = new Map<CacheOp, bigint>();
  const settledBy = (op: CacheOp): bigint => {
    let bits = settled.get(op);
    if (bits === undefined) {
      const families = cached.familiesOf(op);
      // Keys that cannot be seen may be any: `del(...keys)`.
      bits = families.length === 0 ? every : 0n;
      for (const [evidence, group] of groups) if (clears(families, evidence)) bits |= group;
      settled.set(op, bits);
    }
    return bits;
  };

  const ownEffect = (call: Call): Transfer => {
    const op = survey.ops.get(call);
    if (op) return opEffect(op);
    const callee = dottedName(call.callee);
    if (callee !== undefined && isDeclared(callee)) return invalidates(every);
    const bit = survey.bits.get(call);
    if (bit !== undefined) return make(bit);
    if (!believeNames) return identity;
    const local = runs.by(call).find(({ fn }) => isCallee(call, fn));
    if (local) return soundsLikeInvalidation(call.callee) && !isReadable(local.fn) ? invalidates(every) : identity;
    if ([call.callee, ...call.arguments].some(soundsLikeInvalidation)) return invalidates(every);
    const sent = new Set(entitiesOfEvent(call));
    return sent.size === 0 ? identity : invalidates(bitsWhere(({ write }) => sent.has(canonicalEntity(write.entity))));
  };

  // A function of the file that is named for invalidating but works on no cache that is recognised: its name is all there is.
  const isReadable = (fn: Node): boolean => [...survey.ops.keys()].some((op) => isInside(op, fn));

  const opEffect = (op: CacheOp): Transfer => {
    if (op.op === 'delete' || op.op === 'invalidate' || op.op === 'mutate') return invalidates(settledBy(op));
    if (op.op === 'clear') return invalidates(every);
    return op.op === 'write' ? overwrites(settledBy(op)) : identity;
  };

  const callEffect = (call: Call, summaryOf: SummaryOf): Transfer | undefined => {
    const own = ownEffect(call);
    const op = survey.ops.get(call);
    // `mutate` invalidates before and after the write that it runs.
    let effect: Transfer = op?.op === 'mutate' ? own : identity;
    for (const { fn, run } of runs.by(call)) {
      if (run === 'entry') continue;
      const summary = summaryOf(fn);
      if (summary === undefined) {
        if (run === 'inline') return undefined;
        continue;
      }
      if (run === 'inline') effect = compose(effect, summary);
      else if (run === 'perhaps') effect = compose(effect, make(summary.made));
      else effect = compose(effect, { ...summary, made: 0n });
    }
    if (own !== identity) effect = compose(effect, own);
    const behind = effect.open === every ? 0n : writtenBefore(call);
    return behind === 0n ? effect : { ...effect, open: effect.open | behind };
  };

  // A guard is searched for what can invalidate only: the search climbs the tree.
  const guarded = guardedBy(survey, analysis, (call) => runs.by(call).length > 0 || ownEffect(call).pending !== every);
  return {
    identity,
    settledBy,
    effectOf: (event, summaryOf) => {
      const effect = event.type === 'CallExpression' ? callEffect(event, summaryOf) : identity;
      const ahead = guarded.get(event);
      if (ahead === undefined || effect === undefined) return effect;
      return ahead.reduce((known, call) => {
        const invalidation = callEffect(call, summaryOf);
        return invalidation ? compose(known, { ...invalidation, made: 0n }) : known;
      }, effect);
    },
  };
}

function isCallee(call: Call, fn: Node): boolean {
  return !call.arguments.some((argument) => argument === fn);
}

function clears(families: ReturnType<Cached['familiesOf']>, evidence: readonly CachedAt[]): boolean {
  // Where nothing shows how the entity is cached, any invalidation may be the one.
  if (evidence.length === 0) return true;
  return evidence.some((place) =>
    place.families.some((family) => families.some((cleared) => touches(cleared, family))),
  );
}

/** The branches at which each invalidation counts already (see guards.ts). */
function guardedBy(
  survey: Survey,
  analysis: Analysis,
  mayInvalidate: (call: Call) => boolean,
): ReadonlyMap<Node, readonly Call[]> {
  const guarded = new Map<Node, Call[]>();
  for (const calls of survey.calls.values()) {
    for (const call of calls) {
      if (survey.bits.has(call) || !mayInvalidate(call)) continue;
      for (const anchor of guardsOf(call, analysis)) {
        const known = guarded.get(anchor);
        if (known) known.push(call);
        else guarded.set(anchor, [call]);
      }
    }
  }
  return guarded;
}

/**
 * The writes of entities that the same function has written further up. An invalidation belongs to those: it settles them, and says
 * nothing about a write that comes after it. Only one that no write precedes can be meant for the write that follows.
 */
function writtenBeforeIn(
  writes: readonly JudgedWrite[],
  groups: ReadonlyMap<readonly CachedAt[], bigint>,
): (call: Call) => bigint {
  // By function, one entry an entity: the end of its first write there.
  const firstEnds = new Map<Node | undefined, Map<bigint, number>>();
  for (const { write, evidence } of writes) {
    const group = groups.get(evidence) ?? 0n;
    for (let fn = enclosingFunction(write.node), around = true; around; fn = fn && enclosingFunction(fn)) {
      const ends = firstEnds.get(fn) ?? new Map<bigint, number>();
      ends.set(group, Math.min(ends.get(group) ?? Infinity, endOf(write.node)));
      firstEnds.set(fn, ends);
      around = fn !== undefined;
    }
  }
  return (call) => {
    let bits = 0n;
    for (const [group, end] of firstEnds.get(enclosingFunction(call)) ?? []) if (end <= startOf(call)) bits |= group;
    return bits;
  };
}
