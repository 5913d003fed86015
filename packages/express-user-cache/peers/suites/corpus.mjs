// Users and keys that an attacker may choose where ids are text: names that hold separators, wildcards, names of
// Object.prototype, and text that is not the same text but may become the same bytes.

const SEPARATORS = [
  ...[':', '::', '~', '/', '|', '.', ',', '-', '_', ' ', '\n', '\0', '"', '\\', '%3A', '*', '?', '[', ']', '{', '}'],
  // What libraries put between a group, its generation and a key; and between the arguments of a call.
  ...[':0:', ':1:', '","parts":["', '"],"user":"'],
];

const ODD = [
  ...['*', '?', '[a-z]', 'a*', '__proto__', 'constructor', 'toString', 'hasOwnProperty', 'null', 'undefined', ' '],
  ...['0', '00', '1', '01', '1.0', '1e0', 'A', 'a', '\u00e9', 'e\u0301', '\ufb01', 'fi'],
];

/** Not well-formed: Redis clients write all of them as the bytes of U+FFFD. */
const ILL_FORMED = ['\ud800', '\ud801', '\ufffd'];

/** @typedef {{ user: string, parts: string[], family: string }} Identity */

/** @type {Identity[]} */
const all = [
  ...SEPARATORS.flatMap((s) => [
    { user: 'a', parts: [`b${s}c`], family: 'separators' },
    { user: `a${s}b`, parts: ['c'], family: 'separators' },
    { user: 'a', parts: ['b', `${s}c`], family: 'separators' },
    { user: `a${s}`, parts: ['b', 'c'], family: 'separators' },
  ]),
  { user: 'a', parts: ['b', 'c'], family: 'separators' },
  ...[
    [ODD, 'odd names'],
    [ILL_FORMED, 'ill-formed text'],
  ].flatMap(([names, family]) =>
    names.flatMap((name) => [
      { user: name, parts: ['k'], family },
      { user: 'z', parts: [name], family },
    ]),
  ),
];

export const corpus = [...new Map(all.map((identity) => [nameOf(identity), identity])).values()];

/** Text for an identity that no other has, whatever is in it. */
export function nameOf({ user, parts }) {
  return JSON.stringify([user, parts]);
}
