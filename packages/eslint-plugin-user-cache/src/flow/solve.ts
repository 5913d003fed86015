import type { Rule } from 'eslint';
import type * as ESTree from 'estree';
import { type Node, isInside } from '../ast/node.js';
import type { FlowBlock, FlowFunction } from './graph.js';
import { type Transfer, compose, equal, union } from './transfer.js';

type Segment = Rule.CodePathSegment;

/** What one event does; `undefined` where it never returns (yet): a call of a function that always throws. */
export type EffectOf = (event: Node) => Transfer | undefined;

export interface SolveOptions {
  readonly identity: Transfer;
  readonly effectOf: EffectOf;
  /** Whether an exception between two calls of a `try` is a path of its own. */
  readonly throwPaths: boolean;
}

/** The transfer from the entry of a function to the end of each block that can be reached. */
export type Solution = ReadonlyMap<Segment, Transfer>;

/** A worklist over the blocks of one function: total, and each block is visited again only when what reaches it has changed. */
export function solve(fn: FlowFunction, options: SolveOptions): Solution {
  const ends = new Map<Segment, Transfer>();
  const queue: Segment[] = [fn.path.initialSegment];
  const queued = new Set<Segment>(queue);
  for (let segment = queue.shift(); segment !== undefined; segment = queue.shift()) {
    queued.delete(segment);
    const block = fn.blocks.get(segment);
    if (block === undefined) continue;
    const end = through(block, startOf(block, fn, ends, options), options);
    if (end === undefined || equal(ends.get(segment), end)) continue;
    ends.set(segment, end);
    for (const next of segment.nextSegments) {
      if (queued.has(next)) continue;
      queued.add(next);
      queue.push(next);
    }
  }
  return ends;
}

function through(block: FlowBlock, start: Transfer | undefined, options: SolveOptions): Transfer | undefined {
  let state = start;
  for (const event of block.events) {
    if (state === undefined) return undefined;
    const effect = options.effectOf(event);
    // Most calls do nothing to the database or the cache.
    if (effect !== options.identity) state = effect && compose(state, effect);
  }
  return state;
}

function startOf(block: FlowBlock, fn: FlowFunction, ends: Solution, options: SolveOptions): Transfer | undefined {
  let start = block.segment === fn.path.initialSegment ? options.identity : undefined;
  for (const previous of block.segment.prevSegments) {
    const end = ends.get(previous);
    if (end === undefined) continue;
    const guarded = block.handler && tryOf(block.handler);
    start = union(start, guarded && !options.throwPaths ? caught(end, guarded, fn, options) : end);
  }
  if (block.handler && options.throwPaths) start = union(start, thrownBetween(block.handler, fn, ends, options));
  return start;
}

/**
 * The way into a `catch`. The code path analysis gives it two: before the first call of the block and after the last. In the second
 * the whole block has succeeded, so nothing that it wrote is left half done; and whoever tried to invalidate has done what is asked,
 * because a cache that is down is not a missing call.
 */
function caught(state: Transfer, statement: ESTree.TryStatement, fn: FlowFunction, options: SolveOptions): Transfer {
  let made = 0n;
  let { open, pending } = options.identity;
  for (const event of eventsInside(statement.block, fn)) {
    const effect = options.effectOf(event);
    if (effect === undefined) continue;
    made |= effect.made;
    open &= effect.open;
    pending &= effect.pending;
  }
  return { open: state.open & open, pending: state.pending & pending, made: state.made & pending & ~made };
}

/** With `throwPaths`: the states between the calls of the block, which the code path analysis leaves out for speed. */
function thrownBetween(
  handler: ESTree.CatchClause,
  fn: FlowFunction,
  ends: Solution,
  options: SolveOptions,
): Transfer | undefined {
  const statement = tryOf(handler);
  let thrown: Transfer | undefined;
  for (const block of statement ? fn.blocks.values() : []) {
    if (statement === undefined || !block.events.some((event) => isInside(event, statement.block))) continue;
    let state = block.handler ? undefined : startOf(block, fn, ends, options);
    for (const event of block.events) {
      if (isInside(event, statement.block)) thrown = union(thrown, state);
      const effect = options.effectOf(event);
      state = state && effect && compose(state, effect);
    }
  }
  return thrown;
}

function tryOf(handler: ESTree.CatchClause): ESTree.TryStatement | undefined {
  const { parent } = handler as ESTree.CatchClause & { readonly parent?: Node };
  return parent?.type === 'TryStatement' ? parent : undefined;
}

function* eventsInside(container: Node, fn: FlowFunction): Generator<Node> {
  for (const block of fn.blocks.values()) {
    for (const event of block.events) if (isInside(event, container)) yield event;
  }
}
