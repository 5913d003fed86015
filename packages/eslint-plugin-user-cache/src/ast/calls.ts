import type { AST } from 'eslint';
import { type Analysis, memoize } from '../analysis.js';
import { type Call, type Node, endOf, startOf } from './node.js';
import { nodesUnder } from './returns.js';

/** Every call of a file in the order of the source: walked once, because every function of the file is asked for its own. */
const allCalls = memoize((ast: AST.Program, { sourceCode }: Analysis): readonly Call[] => {
  const calls: Call[] = [];
  for (const node of nodesUnder(ast, sourceCode)) if (node.type === 'CallExpression') calls.push(node);
  return calls.sort((left, right) => startOf(left) - startOf(right));
});

function firstFrom(calls: readonly Call[], start: number): number {
  let low = 0;
  let high = calls.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const call = calls[middle];
    if (call && startOf(call) < start) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The calls inside a node. */
export function callsIn(container: Node, analysis: Analysis): readonly Call[] {
  const calls = allCalls(analysis.sourceCode.ast, analysis);
  const from = firstFrom(calls, startOf(container));
  const to = firstFrom(calls, endOf(container));
  return calls.slice(from, to);
}
