import { describe, expect, it } from 'vitest';
import { canonicalEntity, entityOfBinding } from '../../src/db/entity.js';

describe('canonicalEntity', () => {
  it.each([
    ['Conversation', 'conversations'],
    ['CONVERSATION', 'conversation'],
    ['Category', 'categories'],
    ['Address', 'addresses'],
    ['Box', 'boxes'],
    ['UserProfile', 'user_profiles'],
    ['AIConversation', 'ai-conversations'],
    ['News', 'news'],
  ])('%s is %s', (left, right) => {
    expect(canonicalEntity(left)).toBe(canonicalEntity(right));
  });

  it.each([
    ['Conversation', 'Message'],
    ['Status', 'State'],
    ['toString', 'constructor'],
  ])('%s is not %s', (left, right) => {
    expect(canonicalEntity(left)).not.toBe(canonicalEntity(right));
  });
});

describe('entityOfBinding', () => {
  it.each([
    ['ConversationModel', 'Conversation'],
    ['IConversation', 'Conversation'],
    ['ConversationDocument', 'Conversation'],
    ['conversationsCollection', 'conversations'],
    ['Item', 'Item'],
    ['Model', 'Model'],
    ['IO', 'IO'],
  ])('%s names %s', (binding, entity) => {
    expect(entityOfBinding(binding)).toBe(entity);
  });
});
