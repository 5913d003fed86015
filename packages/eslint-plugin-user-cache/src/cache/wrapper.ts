import { type Analysis, memoize } from '../analysis.js';
import { type Call, type FunctionNode, type Node, isInside } from '../ast/node.js';
import { callsIn } from '../ast/calls.js';
import { definitionsOf } from '../ast/definitions.js';
import { nodesUnder } from '../ast/returns.js';
import { variableOf } from '../ast/scope.js';
import { isHandler } from '../identity/handler.js';
import type { CacheOp, Operation } from './types.js';

type Recognise = (call: Call, analysis: Analysis) => CacheOp | undefined;

/** What a function of the file does with its parameters: a cache operation under another name. */
interface Summary {
  readonly op: Operation;
  readonly inner: CacheOp;
  readonly keys: readonly number[];
  readonly value?: number;
  readonly loader?: number;
}

const MAX_STEPS = 200;

/** The positions of the parameters of `callee` that an expression is made of, through the variables between. */
function parametersIn(expression: Node, callee: FunctionNode, analysis: Analysis): ReadonlySet<number> {
  const positions = new Set<number>();
  const seen = new Set<unknown>();
  const queue: Node[] = [expression];
  for (let step = 0; step < MAX_STEPS; step += 1) {
    const root = queue.shift();
    if (!root) break;
    for (const node of nodesUnder(root, analysis.sourceCode)) {
      if (node.type !== 'Identifier') continue;
      const variable = variableOf(node, analysis.sourceCode);
      if (!variable || seen.has(variable)) continue;
      seen.add(variable);
      for (const definition of definitionsOf(variable)) {
        if (definition.kind === 'parameter' && definition.function === callee) positions.add(definition.position);
        else if ('node' in definition && definition.kind !== 'function' && isInside(definition.node, callee)) {
          queue.push(definition.node);
        }
      }
    }
  }
  return positions;
}

function operationsIn(callee: FunctionNode, analysis: Analysis, recognise: Recognise): CacheOp[] {
  return callsIn(callee.body, analysis)
    .map((call) => recognise(call, analysis))
    .filter((op) => op !== undefined);
}

const first = (positions: ReadonlySet<number>, others: ReadonlySet<number>): number | undefined =>
  [...positions].find((position) => !others.has(position));

function summaryOf(
  inner: CacheOp,
  all: readonly CacheOp[],
  callee: FunctionNode,
  analysis: Analysis,
): Summary | undefined {
  const key = inner.keys[0];
  const keys = key ? parametersIn(key, callee, analysis) : new Set<number>();
  if (keys.size === 0) return undefined;
  const base = { inner, keys: [...keys].sort((a, b) => a - b) };
  const reads = all.some(({ op }) => op === 'read');
  const source = inner.loader ?? inner.value;
  if (inner.op !== 'write' && inner.op !== 'load') return { ...base, op: inner.op };
  const from = source ? first(parametersIn(source, callee, analysis), keys) : undefined;
  // A function that loads by itself is no wrapper: what it stores is judged where it stores it.
  if (from === undefined) return undefined;
  return inner.op === 'load' || reads ? { ...base, op: 'load', loader: from } : { ...base, op: 'write', value: from };
}

/** Wrappers wrap wrappers, but not this deep: what generated code chains beyond it is no wrapper that anyone reads. */
const MAX_DEPTH = 50;
const running = new Set<FunctionNode>();

function summarise(callee: FunctionNode, analysis: Analysis, recognise: Recognise): Summary | undefined {
  if (callee.params.length === 0 || running.has(callee) || running.size === MAX_DEPTH || isHandler(callee))
    return undefined;
  running.add(callee);
  try {
    const all = operationsIn(callee, analysis, recognise);
    const storing = all.find(({ op }) => op === 'load' || op === 'write');
    const [inner] = all;
    return inner && summaryOf(storing ?? inner, all, callee, analysis);
  } finally {
    running.delete(callee);
  }
}

type WrapperOp = (call: Call, callee: FunctionNode, analysis: Analysis) => CacheOp | undefined;

/**
 * The cache operation that a call of a function of this file is: `remember(key, load)` is a load, `drop(id)` a delete.
 * The recogniser is handed in, because wrappers wrap wrappers: each of the two asks the other.
 */
export function wrappersOver(recognise: Recognise): WrapperOp {
  const summaryOfFunction = memoize((callee: FunctionNode, analysis: Analysis) =>
    summarise(callee, analysis, recognise),
  );
  return (call, callee, analysis) => {
    const summary = summaryOfFunction(callee, analysis);
    if (!summary) return undefined;
    const { inner } = summary;
    const keys = summary.keys.map((position) => call.arguments[position]).filter((node) => node !== undefined);
    const value = summary.value === undefined ? undefined : call.arguments[summary.value];
    const loader = summary.loader === undefined ? undefined : call.arguments[summary.loader];
    if (keys.length === 0) return undefined;
    return {
      node: call,
      client: { ...inner.client, confidence: inner.client.confidence === 'certain' ? 'summary' : 'name' },
      op: summary.op,
      keys,
      ...(value && { value }),
      ...(loader && { loader }),
      through: { op: inner, function: callee },
      why: [...inner.why, { text: 'through a function of this file', node: callee }],
    };
  };
}
