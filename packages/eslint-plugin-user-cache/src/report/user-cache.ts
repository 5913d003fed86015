import type { Rule } from 'eslint';
import { type Node, propertyName, unwrap } from '../ast/node.js';
import type { Entry } from '../evidence/entry.js';

/** Turns `req.sharedCache.get(...)` into `req.userCache.get(...)`, where the call says so itself. */
export function useUserCache({ op }: Entry): ((fixer: Rule.RuleFixer) => Rule.Fix) | undefined {
  let node: Node = unwrap(op.node.callee);
  while (node.type === 'MemberExpression') {
    const { property } = node;
    if (propertyName(node) === 'sharedCache' && !node.computed) {
      return (fixer) => fixer.replaceText(property, 'userCache');
    }
    node = unwrap(node.object);
  }
  return undefined;
}
