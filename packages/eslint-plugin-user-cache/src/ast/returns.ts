import type { SourceCode } from 'eslint';
import { childrenOf } from './children.js';
import { type FunctionNode, type Node, isFunction } from './node.js';

/** Every node under a node that `enter` does not refuse, the node itself first. */
export function* nodesUnder(
  root: Node,
  sourceCode: SourceCode,
  enter: (node: Node) => boolean = () => true,
): Generator<Node> {
  const stack: Node[] = [root];
  for (let node = stack.pop(); node; node = stack.pop()) {
    yield node;
    if (node === root || enter(node)) stack.push(...childrenOf(node, sourceCode).reverse());
  }
}

const known = new WeakMap<FunctionNode, readonly Node[]>();

/** The expressions a function returns; those of functions inside it left out. */
export function returnedFrom(callee: FunctionNode, sourceCode: SourceCode): readonly Node[] {
  let returned = known.get(callee);
  if (!returned) {
    returned = callee.body.type === 'BlockStatement' ? [...returnStatements(callee.body, sourceCode)] : [callee.body];
    known.set(callee, returned);
  }
  return returned;
}

function* returnStatements(body: Node, sourceCode: SourceCode): Generator<Node> {
  for (const node of nodesUnder(body, sourceCode, (inner) => !isFunction(inner))) {
    if (node.type === 'ReturnStatement' && node.argument) yield node.argument;
  }
}
