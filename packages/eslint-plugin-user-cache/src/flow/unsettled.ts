import type { Rule } from 'eslint';
import type { Analysis } from '../analysis.js';
import { type Node, enclosingFunction, isInside, lineOf } from '../ast/node.js';
import type { CacheOp } from '../cache/types.js';
import type { DbWrite } from '../db/types.js';
import { type CachedAt, cachedIn } from './cached.js';
import { type JudgedWrite, effectsOf } from './effects.js';
import type { FlowFunction, FlowGraph } from './graph.js';
import { clearingMiddleware, settledByHooks } from './hooks.js';
import { isExported, runsOf } from './runs.js';
import { summarise } from './summaries.js';
import { surveyOf } from './survey.js';
import { bitsOf } from './transfer.js';

export interface UnsettledOptions {
  /** Also what cannot be proven: an entity nobody shows to be cached, a function that is only named for invalidating. */
  readonly unproven: boolean;
  readonly throwPaths: boolean;
}

/** A write that can reach an exit while its entity is still cached. */
export interface Unsettled {
  readonly write: DbWrite;
  readonly evidence: readonly CachedAt[];
  /** The `return`, or the function at whose end the path leaves. */
  readonly exit: Node;
  /** The key that the same function invalidates instead. */
  readonly cleared?: string;
}

/** Every write of a file for which some path to a normal exit has no invalidation, in the order of the source. */
export function unsettledIn(graph: FlowGraph, analysis: Analysis, options: UnsettledOptions): Unsettled[] {
  const survey = surveyOf(graph, analysis);
  if (survey.writes.length === 0) return [];
  const cached = cachedIn(survey, analysis);
  const writes = survey.writes.map((write): JudgedWrite => ({ write, evidence: cached.evidenceFor(write) }));
  if (!options.unproven && writes.every(({ evidence }) => evidence.length === 0)) return [];

  const runs = runsOf(graph, survey, analysis);
  const effects = effectsOf({ survey, cached, runs, writes, analysis, believeNames: !options.unproven });
  const { summaryOf, solutionOf } = summarise(graph, {
    ...effects,
    throwPaths: options.throwPaths,
    calledBy: runs.within,
  });
  const settled = settledByHooks(survey, effects, runs, summaryOf);
  const isCleared = clearingMiddleware(survey, runs, analysis);
  const isRoot = (fn: FlowFunction): boolean => {
    if (options.unproven) return runs.roots.includes(fn) || isExported(fn.node, analysis);
    return runs.roots.includes(fn) && !isCleared(fn.node);
  };

  const exits = new Map<number, Node>();
  for (const root of graph.values()) {
    if (!isRoot(root)) continue;
    const solution = solutionOf(root.node);
    for (const segment of exitsOf(root, options)) {
      const exit = exitAt(root, segment);
      for (const index of bitsOf((solution?.get(segment)?.made ?? 0n) & ~settled)) {
        const known = exits.get(index);
        // The last of several: the first is often the early way out for a row that was not found.
        if (known === undefined || exitLine(exit) > exitLine(known)) exits.set(index, exit);
      }
    }
  }

  const unsettled: Unsettled[] = [];
  for (const [index, { write, evidence }] of writes.entries()) {
    const exit = exits.get(index);
    if (exit === undefined || cached.isNever(write) || (evidence.length === 0 && !options.unproven)) continue;
    const bit = 1n << BigInt(index);
    const fn = enclosingFunction(write.node);
    const elsewhere = [...survey.ops.values()].find(
      (op) =>
        isInvalidation(op) &&
        (effects.settledBy(op) & bit) === 0n &&
        ((fn !== undefined && isInside(op.node, fn)) || isInside(write.node, op.node)),
    );
    const cleared = elsewhere && cached.familiesOf(elsewhere)[0]?.text;
    unsettled.push({ write, evidence, exit, ...(cleared !== undefined && { cleared }) });
  }
  return unsettled.toSorted((left, right) => startOf(left) - startOf(right));
}

function startOf({ write }: Unsettled): number {
  return write.node.range?.[0] ?? 0;
}

function isInvalidation({ op }: CacheOp): boolean {
  return op === 'delete' || op === 'invalidate' || op === 'mutate';
}

function exitsOf({ path }: FlowFunction, { throwPaths }: UnsettledOptions): readonly Rule.CodePathSegment[] {
  return throwPaths ? [...path.returnedSegments, ...path.thrownSegments] : path.returnedSegments;
}

function exitAt(fn: FlowFunction, segment: Rule.CodePathSegment): Node {
  return fn.blocks.get(segment)?.events.findLast(({ type }) => type === 'ReturnStatement') ?? fn.node;
}

/** The line at which a path leaves. */
export function exitLine(exit: Node): number {
  return exit.type === 'ReturnStatement' ? lineOf(exit) : (exit.loc?.end.line ?? 0);
}
