/** Words of a name, lower case: `AIConversation_v2` is `ai`, `conversation`, `v2`. */
function wordsOf(name: string): string[] {
  return name
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .replace(/([A-Z]+)([A-Z][a-z])/g, '$1 $2')
    .split(/[^A-Za-z0-9]+/)
    .filter((word) => word !== '')
    .map((word) => word.toLowerCase());
}

function singular(word: string): string {
  if (/(ss|us|is|news)$/.test(word)) return word;
  if (word.endsWith('ies') && word.length > 4) return `${word.slice(0, -3)}y`;
  if (/(ches|shes|sses|xes|zes)$/.test(word)) return word.slice(0, -2);
  return word.endsWith('s') && word.length > 2 ? word.slice(0, -1) : word;
}

/** One spelling for all names of an entity: `Conversations`, `conversation` and `CONVERSATION` are the same. */
export function canonicalEntity(name: string): string {
  const words = wordsOf(name);
  return [...words.slice(0, -1), singular(words.at(-1) ?? '')].join('');
}

/** `ConversationModel` and `IConversation` name the entity `Conversation`; a type or binding that says nothing stays as it is. */
export function entityOfBinding(name: string): string {
  const bare = name
    .replace(/^I(?=[A-Z][a-z])/, '')
    .replace(/(?<=[a-z])(Model|Document|Doc|Schema|Collection|Entity|Type)$/, '');
  return bare === '' ? name : bare;
}
