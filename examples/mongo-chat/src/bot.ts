/** A turn of a conversation, as a model would get it. */
export interface Turn {
  readonly author: 'user' | 'bot';
  readonly text: string;
}

/** Who answers. Put a client of your model provider behind this to make the example a real one. */
export interface Responder {
  /** @param history what was said before `text`, oldest first */
  reply(text: string, history: readonly Turn[]): Promise<string>;
}

/** Answers without a network, and to the same conversation always the same. */
export const parrot: Responder = {
  reply(text, history) {
    const said = history.filter(({ author }) => author === 'user').map((turn) => turn.text);
    const turn = said.length + 1;
    return Promise.resolve(`${answerTo(text, said)} (turn ${turn})`);
  },
};

function answerTo(text: string, said: readonly string[]): string {
  const before = said.lastIndexOf(text);
  if (before >= 0) return `You told me that in turn ${before + 1}.`;
  if (/^(hi|hello|hey)\b/i.test(text)) return 'Hello! What is on your mind?';
  if (text.endsWith('?')) return `Good question. What makes you ask "${brief(text)}"?`;
  return `I hear you: "${brief(text)}".`;
}

function brief(text: string): string {
  // By code point: an emoji that is cut in half is no text any more.
  const characters = Array.from(text);
  return characters.length <= 60 ? text : `${characters.slice(0, 60).join('')}…`;
}
