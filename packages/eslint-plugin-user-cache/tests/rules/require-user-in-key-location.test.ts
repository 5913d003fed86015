import { Linter } from 'eslint';
import { expect, it } from 'vitest';
import plugin from '../../src/index.js';

it.each([
  ['the key argument of a write', "redis.set('notes', await Note.find({ userId }));", "'notes'"],
  ['a key that a constant names', "const key = 'notes'; redis.set(key, await Note.find({ userId }));", 'key,'],
  ['the key behind a TTL', "redis.setex('notes', 60, await Note.find({ userId }));", "'notes'"],
  ['the key of a load', 'getOrSetCache(`notes:${page}`, () => Note.find({ userId }));', '`notes:${page}`'],
])('reports %s', (_name, body, expected) => {
  const line = `export const f = async (userId, page) => { ${body} };`;
  const [message] = new Linter().verify(`import { redis } from './redis.js';\n${line}`, [plugin.configs.recommended]);
  const key = expected.replace(',', '');
  const column = line.lastIndexOf(expected) + 1;
  expect(message).toMatchObject({ line: 2, column, endLine: 2, endColumn: column + key.length });
});
