import type { Rule } from 'eslint';
import type * as ESTree from 'estree';
import type { Node } from '../ast/node.js';

type Segment = Rule.CodePathSegment;

/** One code path segment with what happens in it, in the order of evaluation. */
export interface FlowBlock {
  readonly segment: Segment;
  readonly events: Node[];
  /** Set where the segment is the entry of a `catch`. */
  handler?: ESTree.CatchClause;
}

/** One code path: a function, a class field, a static block or the program. */
export interface FlowFunction {
  readonly node: Node;
  readonly path: Rule.CodePath;
  readonly blocks: Map<Segment, FlowBlock>;
}

/** Every code path of a file by its node, nested ones first. */
export type FlowGraph = ReadonlyMap<Node, FlowFunction>;

interface OpenFunction extends FlowFunction {
  readonly current: Set<Segment>;
}

/**
 * Listeners that collect the flow graph of a file and hand it over at the end of the program's code path. `Program:exit` would be
 * too early: it runs before the program's own path has ended.
 */
export function flowListeners(done: (graph: FlowGraph) => void): Rule.RuleListener {
  const graph = new Map<Node, FlowFunction>();
  const stack: OpenFunction[] = [];

  const record = (node: Node): void => {
    const open = stack.at(-1);
    if (open === undefined) return;
    // A finalizer has one segment for the normal and one for the thrown way into it: its events belong to both.
    for (const segment of open.current) open.blocks.get(segment)?.events.push(node);
  };

  return {
    onCodePathStart(path, node) {
      stack.push({ node, path, blocks: new Map(), current: new Set() });
    },
    onCodePathEnd() {
      const ended = stack.pop();
      if (ended === undefined) return;
      graph.set(ended.node, ended);
      if (stack.length === 0) done(graph);
    },
    onCodePathSegmentStart(segment, node) {
      const open = stack.at(-1);
      if (open === undefined) return;
      const block: FlowBlock = { segment, events: [] };
      if (node.type === 'CatchClause') block.handler = node;
      open.blocks.set(segment, block);
      open.current.add(segment);
    },
    onCodePathSegmentEnd(segment) {
      stack.at(-1)?.current.delete(segment);
    },
    'CallExpression:exit': record,
    'ReturnStatement:exit': record,
    // The places where a branch is decided: a guard is an event there (see guards.ts).
    'IfStatement > .test:exit': record,
    'ConditionalExpression > .test:exit': record,
    'LogicalExpression > .left:exit': record,
    'MemberExpression[optional=true] > .object:exit': record,
    'CallExpression[optional=true] > .callee:exit': record,
    'ForOfStatement > .right:exit': record,
    'ForInStatement > .right:exit': record,
    'WhileStatement > .test:exit': record,
    'ForStatement > .test:exit': record,
  };
}
