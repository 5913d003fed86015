import { type Node, lineOf, parentOf } from '../ast/node.js';
import type { Entry } from '../evidence/entry.js';
import type { Dependency } from '../identity/flow.js';

function isInFilter(node: Node): boolean {
  const parent = parentOf(node);
  if (parent?.type === 'TemplateLiteral') return parentOf(parent)?.type === 'TaggedTemplateExpression';
  return parent?.type === 'Property' || (parent?.type === 'CallExpression' && isWhere(parent.callee));
}

function isWhere(callee: Node): boolean {
  return (
    callee.type === 'MemberExpression' &&
    callee.property.type === 'Identifier' &&
    /^(?:where|andWhere|eq|equals|filter|match)$/.test(callee.property.name)
  );
}

/** What the identity does to the value, in words. */
export function effectOf({ flow, at }: Dependency): string {
  if (flow === 'compares') return 'decides what is in it';
  return isInFilter(at) ? 'filters the query' : 'is an argument of the call that loads it';
}

/** Where the key comes from, when it is not spelled at the call. */
export function origin({ key, shape }: Entry): string {
  const line = shape.alternatives[0]?.[0] && lineOf(shape.alternatives[0][0].node);
  return line === undefined || line === lineOf(key) ? '' : ` (built on line ${String(line)})`;
}

/** The identity as the reader finds it: by its source where that is the request, else as it is written. */
export function sourceText({ identity }: Pick<Dependency, 'identity'>): string {
  return /^(?:req|res|ctx)\./.test(identity.path) ? identity.path : identity.text;
}
