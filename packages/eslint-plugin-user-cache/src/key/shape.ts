import type { Node } from '../ast/node.js';
import type { Identity } from '../identity/types.js';

/** A piece of a key: text that stands in the source, a value that is filled in, or a part that could not be read. */
export type KeyPart =
  | { readonly kind: 'literal'; readonly text: string; readonly node: Node }
  | {
      readonly kind: 'hole';
      /** How the message prints it: `{req.params.id}`. */
      readonly text: string;
      readonly node: Node;
      /** Every identity the value depends on. */
      readonly identities: readonly Identity[];
    }
  | { readonly kind: 'unknown'; readonly text: string; readonly node: Node };

/** One way a key can turn out; `a ? b : c` gives two. */
export type KeyAlternative = readonly KeyPart[];

export interface KeyShape {
  readonly alternatives: readonly KeyAlternative[];
}

/** More ways than this are not told apart: the shape becomes unknown. */
export const MAX_ALTERNATIVES = 16;

export type KeyScope = 'scoped' | 'unscoped' | 'unknown';
