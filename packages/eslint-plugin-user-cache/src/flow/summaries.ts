import type { Node } from '../ast/node.js';
import type { FlowFunction, FlowGraph } from './graph.js';
import { type Solution, type SolveOptions, solve } from './solve.js';
import { type Transfer, equal, union } from './transfer.js';

/** The transfer of a function from its entry to its normal exits; `undefined` where it has none, or is being solved. */
export type SummaryOf = (fn: Node) => Transfer | undefined;

export interface Summaries {
  readonly summaryOf: SummaryOf;
  readonly solutionOf: (fn: Node) => Solution | undefined;
}

export interface SummariesOptions extends Omit<SolveOptions, 'effectOf'> {
  /** What an event does, given what the functions it runs do. */
  readonly effectOf: (event: Node, summaryOf: SummaryOf) => Transfer | undefined;
  /** The functions whose summary the effects of a function ask for. */
  readonly calledBy: (fn: FlowFunction) => Iterable<Node>;
}

/**
 * Summaries of every function of a file. Callees come first, so that a file without recursion is solved in one pass; a function
 * whose callee's summary has grown is solved again. Summaries only grow and are finite, so this ends.
 */
export function summarise(graph: FlowGraph, options: SummariesOptions): Summaries {
  const summaries = new Map<Node, Transfer>();
  const solutions = new Map<Node, Solution>();
  const callers = new Map<Node, Set<FlowFunction>>();
  const summaryOf: SummaryOf = (fn) => summaries.get(fn);
  const solveOptions: SolveOptions = { ...options, effectOf: (event) => options.effectOf(event, summaryOf) };

  const queue = calleesFirst(graph, options, callers);
  const queued = new Set(queue);
  for (let fn = queue.shift(); fn !== undefined; fn = queue.shift()) {
    queued.delete(fn);
    const solution = solve(fn, solveOptions);
    solutions.set(fn.node, solution);
    const summary = summaryFrom(fn, solution);
    if (summary === undefined || equal(summaries.get(fn.node), summary)) continue;
    summaries.set(fn.node, summary);
    for (const caller of callers.get(fn.node) ?? []) {
      if (queued.has(caller)) continue;
      queued.add(caller);
      queue.push(caller);
    }
  }
  return { summaryOf, solutionOf: (fn) => solutions.get(fn) };
}

function summaryFrom(fn: FlowFunction, solution: Solution): Transfer | undefined {
  let summary: Transfer | undefined;
  for (const segment of fn.path.returnedSegments) summary = union(summary, solution.get(segment));
  return summary;
}

/** Depth first over the calls, each function after those it calls. Recursion is cut where it closes. */
function calleesFirst(
  graph: FlowGraph,
  { calledBy }: SummariesOptions,
  callers: Map<Node, Set<FlowFunction>>,
): FlowFunction[] {
  const order: FlowFunction[] = [];
  const entered = new Set<FlowFunction>();
  const pending: { readonly fn: FlowFunction; readonly callees: FlowFunction[] }[] = [];
  const enter = (fn: FlowFunction): void => {
    entered.add(fn);
    const callees: FlowFunction[] = [];
    for (const node of calledBy(fn)) {
      const callee = graph.get(node);
      if (callee === undefined) continue;
      callees.push(callee);
      const known = callers.get(node) ?? new Set();
      callers.set(node, known.add(fn));
    }
    pending.push({ fn, callees });
  };
  // An explicit stack: a generated file with a call chain thousands deep must not end the linter.
  for (const root of graph.values()) {
    if (!entered.has(root)) enter(root);
    for (let top = pending.at(-1); top !== undefined; top = pending.at(-1)) {
      const callee = top.callees.pop();
      if (callee === undefined) {
        order.push(top.fn);
        pending.pop();
      } else if (!entered.has(callee)) {
        enter(callee);
      }
    }
  }
  return order;
}
