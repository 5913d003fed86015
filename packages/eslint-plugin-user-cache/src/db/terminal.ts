import type { SourceCode } from 'eslint';
import { type Call, type Node, isFunction, isTransparent, parentOf, propertyName } from '../ast/node.js';

/** Methods that send a query instead of refining it. */
const RUNS: ReadonlySet<string> = new Set(['then', 'catch', 'finally', 'exec']);

/**
 * What runs the query that a lazy call builds: an `await`, a `return`, a `.then()` or `.exec()`, or whoever it is handed to.
 * `undefined` where nothing does: `Conversation.updateOne(...)` as a statement of its own writes nothing.
 */
export function terminalOf(call: Call, sourceCode: SourceCode): Node | undefined {
  // Before promises, a callback as last argument ran the query.
  const last = call.arguments.at(-1);
  if (last && isFunction(last)) return call;

  let node: Node = call;
  for (let parent = parentOf(node); parent; parent = parentOf(node)) {
    switch (parent.type) {
      case 'AwaitExpression':
      case 'YieldExpression':
        return parent;
      case 'ReturnStatement':
      case 'AssignmentExpression':
      case 'ForOfStatement':
        return call;
      case 'ArrowFunctionExpression':
        return parent.body === node ? call : undefined;
      case 'CallExpression':
      case 'NewExpression':
        if (parent.callee !== node) return call;
        break;
      case 'MemberExpression': {
        const chained = parentOf(parent);
        if (parent.object !== node || chained?.type !== 'CallExpression') return undefined;
        if (RUNS.has(propertyName(parent) ?? '')) return chained;
        break;
      }
      case 'VariableDeclarator':
        return sourceCode.getDeclaredVariables(parent).some(({ references }) => references.some((use) => use.isRead()))
          ? call
          : undefined;
      case 'ArrayExpression':
      case 'SpreadElement':
      case 'Property':
      case 'ObjectExpression':
      case 'ConditionalExpression':
      case 'LogicalExpression':
      case 'SequenceExpression':
        break;
      default:
        if (!isTransparent(parent)) return undefined;
    }
    node = parent;
  }
  return undefined;
}
