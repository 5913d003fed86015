import type { Identity } from '../identity/types.js';
import type { KeyAlternative, KeyShape } from './shape.js';

/** Whether a key tells apart what an identity makes different. */
export type Coverage = 'covered' | 'lacking' | 'unknown';

export type AreSame = (left: string, right: string) => boolean;

function isCoveredBy(needed: Identity, held: Identity, areSame: AreSame): boolean {
  if (held.path === needed.path) return true;
  if (held.role === 'attribute') return false;
  if (held.role === 'tenant') return needed.role === 'tenant';
  // `/users/:userId` names the user that was asked for; only a comparison makes it the one who asked.
  if (held.source === 'request' && needed.source === 'session') return areSame(held.path, needed.path);
  return true;
}

function coverageOf(alternative: KeyAlternative, needed: Identity, areSame: AreSame): Coverage {
  let isReadable = true;
  for (const part of alternative) {
    if (part.kind === 'unknown') isReadable = false;
    else if (part.kind === 'hole' && part.identities.some((held) => isCoveredBy(needed, held, areSame))) {
      return 'covered';
    }
  }
  return isReadable ? 'lacking' : 'unknown';
}

/** Lacking only when every way the key can turn out is: a key with a branch for anonymous users is not proven wrong. */
export function coverage({ alternatives }: KeyShape, needed: Identity, areSame: AreSame): Coverage {
  const verdicts = new Set(alternatives.map((alternative) => coverageOf(alternative, needed, areSame)));
  const [first] = verdicts;
  return verdicts.size === 1 && first ? first : 'unknown';
}
