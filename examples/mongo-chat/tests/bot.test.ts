import { describe, expect, it } from 'vitest';
import { parrot, type Turn } from '../src/bot.js';

const said = (...texts: string[]): Turn[] => texts.map((text) => ({ author: 'user', text }));

describe('the bot', () => {
  it.each([
    ['a greeting', 'hello there', [], 'Hello! What is on your mind? (turn 1)'],
    ['a question', 'why?', said('hi'), 'Good question. What makes you ask "why?"? (turn 2)'],
    ['what was said before', 'hi', said('hi', 'ho'), 'You told me that in turn 1. (turn 3)'],
    ['anything else', 'it rains', [], 'I hear you: "it rains". (turn 1)'],
  ] as const)('answers %s, and always the same', async (_name, text, history, reply) => {
    expect(await parrot.reply(text, history)).toBe(reply);
    expect(await parrot.reply(text, history)).toBe(reply);
  });

  it('does not cut an emoji in half', async () => {
    expect((await parrot.reply('🎉'.repeat(100), [])).isWellFormed()).toBe(true);
  });
});
