import type { SourceCode } from 'eslint';
import type { Node } from './node.js';

/** The nodes directly below a node, in the order of the source. */
export function childrenOf(node: Node, { visitorKeys }: SourceCode): Node[] {
  const children: Node[] = [];
  const fields = node as unknown as Readonly<Record<string, unknown>>;
  for (const key of visitorKeys[node.type] ?? []) {
    const child = fields[key];
    for (const one of Array.isArray(child) ? (child as readonly unknown[]) : [child]) {
      if (typeof one === 'object' && one !== null) children.push(one as Node);
    }
  }
  return children;
}
