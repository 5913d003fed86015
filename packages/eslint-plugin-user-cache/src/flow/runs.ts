import type * as ESTree from 'estree';
import type { Analysis } from '../analysis.js';
import { type Call, type Node, isFunction, isInside, parentOf, unwrap } from '../ast/node.js';
import { isTransaction, runOf, type Run } from './callbacks.js';
import { runnableOf } from './callees.js';
import type { FlowFunction, FlowGraph } from './graph.js';
import type { Survey } from './survey.js';

/** A function of the file that a call runs, and how. */
export interface Running {
  readonly fn: Node;
  readonly run: Run;
}

export interface Runs {
  readonly by: (call: Node) => readonly Running[];
  /** The functions that run as a part of this one. */
  readonly within: (fn: FlowFunction) => readonly Node[];
  /** The functions nobody in the file runs as a part of its own: the entry points. */
  readonly roots: readonly FlowFunction[];
  /** The call that registers a function as an entry point. */
  readonly registrationOf: (fn: Node) => Call | undefined;
  /** Functions that some other function runs, although they can be called from outside as well. */
  readonly isRunInside: (fn: Node) => boolean;
}

export function runsOf(graph: FlowGraph, survey: Survey, analysis: Analysis): Runs {
  const byCall = new Map<Node, Running[]>();
  const within = new Map<FlowFunction, Node[]>();
  const entries = new Map<Node, Call>();
  const inside = new Set<Node>();
  for (const fn of graph.values()) {
    const parts: Node[] = [];
    for (const call of survey.calls.get(fn) ?? []) {
      const runs = runsOfCall(call, fn, survey, analysis);
      if (runs.length > 0) byCall.set(call, runs);
      for (const { fn: run, run: how } of runs) {
        if (how === 'entry' || how === 'deferred') entries.set(run, call);
        else if (run !== fn.node) inside.add(run);
        if (how !== 'entry') parts.push(run);
      }
    }
    within.set(fn, parts);
  }
  const partsOf = (fn: FlowFunction): readonly Node[] => within.get(fn) ?? [];
  return {
    by: (call) => byCall.get(call) ?? [],
    within: partsOf,
    roots: rootsOf(graph, (fn) => entries.has(fn.node) || !inside.has(fn.node), partsOf),
    registrationOf: (fn) => entries.get(fn),
    isRunInside: (fn) => inside.has(fn),
  };
}

function runsOfCall(call: Call, within: FlowFunction, survey: Survey, { sourceCode }: Analysis): Running[] {
  const op = survey.ops.get(call);
  const runs: Running[] = [];
  const callee = runnableOf(call.callee, sourceCode);
  // What a wrapper invalidates is told by its operation and the key at the call: inside, the key is any.
  if (callee) runs.push({ fn: callee, run: op ? 'perhaps' : 'inline' });
  for (const argument of call.arguments) {
    const fn = runnableOf(argument, sourceCode);
    if (fn === undefined) continue;
    const run = op ? (op.op === 'mutate' ? 'inline' : 'perhaps') : runOf(call, argument, fn);
    const isRegistered = run === 'inline' && !callee && isRegistration(call, within);
    runs.push({ fn, run: isRegistered ? 'entry' : run });
  }
  return runs;
}

/** Methods that run the function they are given at once. */
const AT_ONCE = new Set(
  'then finally map flatMap forEach filter find some every reduce call apply all allSettled'.split(' '),
);

/** At the top of a module an unknown function that is given a function keeps it for later: `export default define(async () => ...)`. */
function isRegistration(call: Call, within: FlowFunction): boolean {
  if (within.path.origin === 'function' || isTransaction(call)) return false;
  const callee = unwrap(call.callee);
  if (isFunction(callee)) return false;
  return !(
    callee.type === 'MemberExpression' &&
    callee.property.type === 'Identifier' &&
    AT_ONCE.has(callee.property.name)
  );
}

function rootsOf(
  graph: FlowGraph,
  isEntry: (fn: FlowFunction) => boolean,
  partsOf: (fn: FlowFunction) => readonly Node[],
): FlowFunction[] {
  const functions = [...graph.values()];
  const roots: FlowFunction[] = [];
  const reached = new Set<Node>();
  const reach = (root: FlowFunction): void => {
    roots.push(root);
    const queue: Node[] = [root.node];
    for (let node = queue.pop(); node !== undefined; node = queue.pop()) {
      if (reached.has(node)) continue;
      reached.add(node);
      const fn = graph.get(node);
      if (fn) queue.push(...partsOf(fn));
    }
  };
  for (const fn of functions) if (isEntry(fn)) reach(fn);
  // Two functions that only call each other are run by someone out of sight.
  for (const fn of functions) if (!reached.has(fn.node)) reach(fn);
  return roots;
}

/** Whether a function can be called from another file: it, or the variable or class that holds it, is exported. */
export function isExported(fn: Node, { sourceCode }: Analysis): boolean {
  return sourceCode.ast.body.some(
    (statement) =>
      (statement.type === 'ExportNamedDeclaration' || statement.type === 'ExportDefaultDeclaration') &&
      (isInside(fn, statement) || (statement.type === 'ExportNamedDeclaration' && names(statement.specifiers, fn))),
  );
}

function names(specifiers: readonly ESTree.ExportSpecifier[], fn: Node): boolean {
  const name = fn.type === 'FunctionDeclaration' ? fn.id : fn;
  const declarator = parentOf(fn);
  const id = declarator?.type === 'VariableDeclarator' ? declarator.id : name;
  return (
    id.type === 'Identifier' && specifiers.some(({ local }) => local.type === 'Identifier' && local.name === id.name)
  );
}
