import { describe, expect, it } from 'vitest';
import { canonicalEntity } from '../../src/db/entity.js';
import { type Family, entitiesNamed, familiesOf, familyOfPrefix, namesList, touches } from '../../src/flow/family.js';
import type { KeyPart } from '../../src/key/shape.js';

const NODE = { type: 'Identifier', name: 'x' } as const;

/** `pets:{id}:?`: braces are holes, a question mark is what could not be read. */
function family(text: string, byPrefix = false): Family {
  const parts = (text.match(/\{\w+\}|\?|[^{?]+/g) ?? []).map((piece): KeyPart => {
    if (piece === '?') return { kind: 'unknown', text: 'x', node: NODE };
    if (!piece.startsWith('{')) return { kind: 'literal', text: piece, node: NODE };
    return { kind: 'hole', text: piece.slice(1, -1), node: NODE, identities: [] };
  });
  const [only] = familiesOf({ alternatives: [parts] }, byPrefix);
  if (!only) throw new Error('no family');
  return only;
}

describe('touches', () => {
  it.each([
    ['pets:{id}', 'pets:{other}', true],
    ['pets:{id}', 'pets:all', true],
    ['pets:1', 'pets:2', false],
    ['pet:{id}', 'pets:{id}', false],
    ['member:{id}', 'member:pets:{id}', false],
    ['member:{id}', 'member:{id}:pets', false],
    ['pets-{id}', 'pets-{id}', true],
    ['pets-{id}', 'cats-{id}', true],
    ['pets:*', 'pets:{id}:history', true],
    ['pets:*', 'cats:{id}', false],
    ['{key}', 'pets:{id}', true],
    ['?', 'pets:{id}', true],
    ['pets:?', 'pets:list:{id}', true],
    ['cats:?', 'pets:{id}', false],
    ['pets:{id}', '{key}', true],
    ['pets/{id}', 'pets/{id}', true],
    ['toString', 'toString', true],
  ])('clearing %s, cached %s: %s', (cleared, cached, expected) => {
    expect(touches(family(cleared), family(cached))).toBe(expected);
  });

  it('reaches all below where an invalidation goes by prefix', () => {
    expect(touches(family('conversation', true), family('conversation:{id}:history'))).toBe(true);
    expect(touches(family('conversation:{id}', true), family('conversation'))).toBe(false);
    expect(touches(family('conversation', true), family('conversations:{id}'))).toBe(false);
  });

  it('takes a declared prefix for all below', () => {
    expect(touches(family('chat:{id}:history'), familyOfPrefix('chat:'))).toBe(true);
    expect(touches(family('chats:{id}'), familyOfPrefix('chat:'))).toBe(false);
  });
});

describe('names in keys', () => {
  it.each([
    ['conversation:{id}', 'Conversation', true],
    ['conversations:{userId}', 'Conversation', true],
    ['app:conversation:{id}', 'Conversation', true],
    ['user:{id}:conversations', 'Conversation', true],
    ['user:{id}:conversations', 'User', false],
    ['user:{id}', 'User', true],
    ['conversation-list:{id}', 'Conversation', true],
    ['conversation:{id}:message', 'Message', false],
    ['{key}', 'Conversation', false],
    ['user:{id}:otp', 'User', false],
    ['session:user:{id}', 'User', false],
  ])('%s names %s: %s', (text, entity, expected) => {
    expect(entitiesNamed(family(text)).has(canonicalEntity(entity))).toBe(expected);
  });

  it.each([
    ['conversations:{userId}', true],
    ['conversation:list', true],
    ['conversation:{id}', false],
    ['address:{id}', false],
  ])('%s names a list: %s', (text, expected) => {
    expect(namesList(family(text))).toBe(expected);
  });
});
