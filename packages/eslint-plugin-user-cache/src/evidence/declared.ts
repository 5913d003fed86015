import type { Analysis } from '../analysis.js';
import { propertyName } from '../ast/node.js';
import { nodesUnder } from '../ast/returns.js';
import { loadersOf } from '../identity/depend.js';
import { namespacesOf } from '../key/print.js';
import { type Matcher, nameMatcher } from '../settings/pattern.js';
import { type Entry, sourceOf } from './entry.js';

export interface Declarations {
  readonly namespaces: Matcher;
  readonly models: Matcher;
}

export function declarationsOf(namespaces: readonly string[], models: readonly string[]): Declarations {
  return {
    namespaces: nameMatcher(namespaces),
    models: nameMatcher(models.flatMap((name) => [name, lowerFirst(name)])),
  };
}

/** Prisma spells the model `Conversation` as `prisma.conversation`. */
function lowerFirst(name: string): string {
  return name.charAt(0).toLowerCase() + name.slice(1);
}

/** The namespace or the model by which an entry is declared to be a user's. */
export function declaredOwnerOf(entry: Entry, declared: Declarations, analysis: Analysis): string | undefined {
  const namespace = namespacesOf(entry.shape).find(declared.namespaces);
  if (namespace !== undefined) return namespace;
  const source = sourceOf(entry);
  for (const call of source ? loadersOf(source, analysis) : []) {
    for (const node of nodesUnder(call.callee, analysis.sourceCode)) {
      const name =
        node.type === 'Identifier' ? node.name : node.type === 'MemberExpression' ? propertyName(node) : undefined;
      if (name !== undefined && declared.models(name)) return name;
    }
  }
  return undefined;
}
