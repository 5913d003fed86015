import type { Analysis } from '../analysis.js';
import type { Node } from '../ast/node.js';
import { type KeyAlternative, type KeyPart, MAX_ALTERNATIVES } from './shape.js';

type Alternatives = readonly KeyAlternative[];

/** Helpers inside helpers: deeper than this a key is not followed. */
export const MAX_DEPTH = 32;

const MAX_TEXT = 48;

/** Source text as a message can show it. */
export function shortText(node: Node, analysis: Analysis): string {
  const text = analysis.sourceCode.getText(node).replaceAll(/\s+/g, ' ');
  return text.length > MAX_TEXT ? `${text.slice(0, MAX_TEXT)}…` : text;
}

export function literal(text: string, node: Node): Alternatives {
  return [text === '' ? [] : [{ kind: 'literal', text, node }]];
}

export function unknown(node: Node, analysis: Analysis): Alternatives {
  return [[{ kind: 'unknown', text: shortText(node, analysis), node }]];
}

function bounded(alternatives: readonly KeyAlternative[], node: Node | undefined): Alternatives {
  if (alternatives.length <= MAX_ALTERNATIVES) return alternatives;
  const [first] = alternatives;
  const at = node ?? first?.[0]?.node;
  return at ? [[{ kind: 'unknown', text: '…', node: at }]] : alternatives.slice(0, MAX_ALTERNATIVES);
}

/** One after the other: every way of the first with every way of the next. */
export function concat(pieces: readonly Alternatives[]): Alternatives {
  let result: Alternatives = [[]];
  for (const piece of pieces) {
    const next: KeyAlternative[] = [];
    for (const before of result) for (const after of piece) next.push([...before, ...after]);
    result = bounded(next, undefined);
  }
  return result;
}

/** Either of them. */
export function choice(options: readonly Alternatives[], node: Node): Alternatives {
  return bounded(options.flat(), node);
}

export function joined(pieces: readonly Alternatives[], separator: string, node: Node): Alternatives {
  const text: KeyPart = { kind: 'literal', text: separator, node };
  const between: Alternatives = [separator === '' ? [] : [text]];
  return concat(pieces.flatMap((piece, index) => (index === 0 ? [piece] : [between, piece])));
}
