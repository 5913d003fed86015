import type { KeyAlternative, KeyPart, KeyScope, KeyShape } from './shape.js';

const MAX_PRINTED = 2;

function printPart(part: KeyPart): string {
  return part.kind === 'literal' ? part.text : `{${part.text}}`;
}

export function printAlternative(alternative: KeyAlternative): string {
  return alternative.map(printPart).join('');
}

/** The key as messages show it: `conversation:{req.params.id}`. */
export function printShape({ alternatives }: KeyShape): string {
  const printed = [...new Set(alternatives.map(printAlternative))];
  return printed.length > MAX_PRINTED ? `${printed.slice(0, MAX_PRINTED).join(' | ')} | …` : printed.join(' | ');
}

/** The literal text every key of this shape begins with, up to its last separator: `conversation`, `user:profile`. */
export function prefixesOf({ alternatives }: KeyShape): readonly string[] {
  const prefixes = new Set<string>();
  for (const alternative of alternatives) {
    let text = '';
    for (const part of alternative) {
      if (part.kind !== 'literal') break;
      text += part.text;
    }
    const prefix = text.replace(/[^\p{L}\p{N}]+$/u, '');
    if (prefix !== '') prefixes.add(prefix);
  }
  return [...prefixes];
}

/** The first word of a key: its namespace. */
export function namespacesOf(shape: KeyShape): readonly string[] {
  return [...new Set(prefixesOf(shape).map((prefix) => /^[\p{L}\p{N}_-]+/u.exec(prefix)?.[0] ?? prefix))];
}

function alternativeScope(alternative: KeyAlternative): KeyScope {
  const identities = alternative.flatMap((part) => (part.kind === 'hole' ? part.identities : []));
  if (identities.some(({ role }) => role !== 'attribute')) return 'scoped';
  return alternative.some(({ kind }) => kind === 'unknown') ? 'unknown' : 'unscoped';
}

/** Scoped when every way the key can turn out is; unscoped when none is and all of them can be read. */
export function keyScopeOf({ alternatives }: KeyShape): KeyScope {
  const scopes = new Set(alternatives.map(alternativeScope));
  const [first] = scopes;
  return scopes.size === 1 && first ? first : 'unknown';
}
