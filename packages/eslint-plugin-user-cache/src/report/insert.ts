import type { Rule } from 'eslint';
import type { Analysis } from '../analysis.js';
import { onlyDefinition } from '../ast/definitions.js';
import { type Node, literalText, startOf, unwrapAwait } from '../ast/node.js';
import { variableOf } from '../ast/scope.js';
import type { Entry } from '../evidence/entry.js';
import type { Identity } from '../identity/types.js';
import { spellingFor } from './visible.js';

const SEPARATOR = /[:/|_.-]/;

/** The expression in the source that spells a key: the argument, or the constant that it names. */
function placeOf(key: Node, analysis: Analysis): Node | undefined {
  const node = unwrapAwait(key);
  switch (node.type) {
    case 'Identifier': {
      const variable = variableOf(node, analysis.sourceCode);
      const definition = variable && onlyDefinition(variable);
      if (definition?.kind === 'value') return placeOf(definition.node, analysis);
      return definition?.kind === 'parameter' ? node : undefined;
    }
    case 'Literal':
      return typeof node.value === 'string' ? node : undefined;
    case 'BinaryExpression':
      return node.operator === '+' ? node : undefined;
    case 'TemplateLiteral':
    case 'MemberExpression':
      return node;
    default:
      return undefined;
  }
}

/** `pets:all` becomes `pets:${id}:all`: the namespace stays in front. */
function afterNamespace(text: string, identity: string): string {
  const separator = SEPARATOR.exec(text);
  if (!separator) return `${text}:${identity}`;
  const end = separator.index + 1;
  return `${text.slice(0, end)}${identity}${separator[0]}${text.slice(end)}`;
}

function inTemplate(node: Node & { type: 'TemplateLiteral' }, identity: string, fixer: Rule.RuleFixer): Rule.Fix {
  const raw = node.quasis[0]?.value.raw ?? '';
  const start = startOf(node) + 1;
  const hole = `\${${identity}}`;
  if (raw === '') return fixer.insertTextBeforeRange([start, start], `${hole}:`);
  const text = afterNamespace(raw, hole);
  const needsSeparator = node.expressions.length > 0 && !SEPARATOR.test(raw);
  return fixer.replaceTextRange([start, start + raw.length], needsSeparator ? `${text}:` : text);
}

function inSum(node: Node, identity: string, fixer: Rule.RuleFixer): Rule.Fix {
  let left = node;
  while (left.type === 'BinaryExpression') left = left.left;
  const text = literalText(left);
  if (text === undefined) return fixer.insertTextBefore(left, `${identity} + ':' + `);
  const last = text.slice(-1);
  return SEPARATOR.test(last)
    ? fixer.insertTextAfter(left, ` + ${identity} + '${last}'`)
    : fixer.insertTextAfter(left, ` + ':' + ${identity} + ':'`);
}

function withIdentity(node: Node, identity: string, fixer: Rule.RuleFixer, analysis: Analysis): Rule.Fix {
  if (node.type === 'TemplateLiteral') return inTemplate(node, identity, fixer);
  if (node.type === 'BinaryExpression') return inSum(node, identity, fixer);
  const text = literalText(node);
  if (text === undefined)
    return fixer.replaceText(node, `\`\${${identity}}:\${${analysis.sourceCode.getText(node)}}\``);
  const raw = text.replaceAll(/[`\\]|\$\{/g, '\\$&');
  return fixer.replaceText(node, `\`${afterNamespace(raw, `\${${identity}}`)}\``);
}

export interface Insertion {
  /** How the identity is written. */
  readonly identity: string;
  readonly fix: (fixer: Rule.RuleFixer) => Rule.Fix[];
}

/**
 * Edits that put an identity into a key, wherever the file spells it: reads, writes and deletes of one entry must go on
 * naming the same key. `undefined` when one of the places cannot be edited, or does not see the identity.
 */
export function insertIdentity(identity: Identity, same: readonly Entry[], analysis: Analysis): Insertion | undefined {
  const places = new Set<Node>();
  for (const { key } of same) {
    const place = placeOf(key, analysis);
    if (!place) return undefined;
    places.add(place);
  }
  const text = spellingFor(identity, [...places], analysis);
  if (text === undefined) return undefined;
  return { identity: text, fix: (fixer) => [...places].map((place) => withIdentity(place, text, fixer, analysis)) };
}
