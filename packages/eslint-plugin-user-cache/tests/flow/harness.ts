import { Linter, type Rule } from 'eslint';
import type { Node } from '../../src/ast/node.js';
import { isFunction } from '../../src/ast/node.js';
import { type FlowFunction, type FlowGraph, flowListeners } from '../../src/flow/graph.js';
import { type EffectOf, type Solution, solve } from '../../src/flow/solve.js';
import { type Transfer, transfersOver, union } from '../../src/flow/transfer.js';

export interface Collected {
  readonly graph: FlowGraph;
  /** What ESLint announced, in order, beside the graph being handed over. */
  readonly order: readonly string[];
}

/** The flow graph of a source, collected as a rule would. */
export function collect(code: string): Collected {
  let graph: FlowGraph | undefined;
  const order: string[] = [];
  const rule: Rule.RuleModule = {
    create: () => ({
      ...flowListeners((collected) => {
        order.push('graph');
        graph = collected;
      }),
      'Program:exit': () => {
        order.push('Program:exit');
      },
    }),
  };
  const messages = new Linter().verify(code, [
    { plugins: { test: { rules: { rule } } }, rules: { 'test/rule': 'error' } },
  ]);
  if (graph === undefined) throw new Error(`no graph: ${JSON.stringify(messages)}`);
  return { graph, order };
}

const { identity, writes, invalidates, overwrites } = transfersOver(2);

/** One write each of `a` and `b`; `fail()` never returns. */
const EFFECTS: ReadonlyMap<string, Transfer | undefined> = new Map([
  ['writeA', writes(1n)],
  ['writeB', writes(2n)],
  ['clearA', invalidates(1n)],
  ['clearB', invalidates(2n)],
  ['setA', overwrites(1n)],
  ['fail', undefined],
]);

const effectOf: EffectOf = (event) => {
  const name = nameOf(event);
  return name !== undefined && EFFECTS.has(name) ? EFFECTS.get(name) : identity;
};

export function nameOf(event: Node): string | undefined {
  return event.type === 'CallExpression' && event.callee.type === 'Identifier' ? event.callee.name : undefined;
}

/** The outermost function of a source: nested ones come before it. */
export function outermostFunction({ graph }: Collected): FlowFunction {
  const found = [...graph.values()].findLast(({ node }) => isFunction(node));
  if (!found) throw new Error('no function');
  return found;
}

/** Which writes are pending at the normal exits of a function with this body: '', 'a', 'b' or 'ab'. */
export function pendingAfter(body: string, throwPaths = false): string {
  const fn = outermostFunction(collect(`async function f(x, y) { ${body} }`));
  const solution: Solution = solve(fn, { identity, effectOf, throwPaths });
  let exit: Transfer | undefined;
  for (const segment of fn.path.returnedSegments) exit = union(exit, solution.get(segment));
  if (exit === undefined) return 'never returns';
  return `${(exit.made & 1n) === 0n ? '' : 'a'}${(exit.made & 2n) === 0n ? '' : 'b'}`;
}
