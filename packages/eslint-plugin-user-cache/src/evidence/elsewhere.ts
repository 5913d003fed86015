import type { KeyAlternative, KeyPart } from '../key/shape.js';
import { type Entry, movesValue } from './entry.js';

function isIdentity(part: KeyPart | undefined): boolean {
  return part?.kind === 'hole' && part.identities.some(({ role }) => role !== 'attribute');
}

const SEPARATOR = /^[^\p{L}\p{N}]/u;

/** A shape as a comparison sees it: literal text as it is, every hole the same, identities left out with one separator. */
function skeleton(alternative: KeyAlternative): string {
  let text = '';
  for (const [index, part] of alternative.entries()) {
    if (isIdentity(part)) continue;
    const literal = part.kind === 'literal' ? part.text : '\uE000';
    const followsIdentity = part.kind === 'literal' && isIdentity(alternative[index - 1]);
    text += followsIdentity ? literal.replace(SEPARATOR, '') : literal;
  }
  return text.replace(/[^\p{L}\p{N}\uE000]$/u, '');
}

function holesOf(alternative: KeyAlternative): readonly KeyPart[] {
  return alternative.filter((part) => part.kind !== 'literal');
}

/** The keys of a file that hold an identity and something else, by what is left of them without the identity. */
export function scopedSkeletons(entries: readonly Entry[]): ReadonlyMap<string, Entry> {
  const scoped = new Map<string, Entry>();
  for (const entry of entries) {
    if (entry.scope !== 'scoped' || !movesValue(entry) || entry.op.client.kind !== 'raw') continue;
    for (const alternative of entry.shape.alternatives) {
      // `pets:{user}` beside `pets` is a list for each and one for all. Only the same entry without its user counts.
      if (holesOf(alternative).length > holesOf(alternative).filter(isIdentity).length) {
        const bare = skeleton(alternative);
        // Where nothing but holes is left, any key with a hole would be the same.
        if (/[\p{L}\p{N}]/u.test(bare.replaceAll('\uE000', ''))) scoped.set(bare, entry);
      }
    }
  }
  return scoped;
}

/** The entry that is kept under the same key, but for each user, elsewhere in the file. */
export function scopedElsewhere(entry: Entry, scoped: ReadonlyMap<string, Entry>): Entry | undefined {
  const [alternative, ...others] = entry.shape.alternatives;
  if (entry.scope !== 'unscoped' || !alternative || others.length > 0) return undefined;
  const other = scoped.get(skeleton(alternative));
  return other?.op.client.library === entry.op.client.library ? other : undefined;
}
