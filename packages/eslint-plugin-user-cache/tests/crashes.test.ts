import * as typescriptParser from '@typescript-eslint/parser';
import { Linter } from 'eslint';
import { describe, expect, it } from 'vitest';
import plugin from '../src/index.js';

/** Code on which the rules once failed. */
const CRASHES: readonly (readonly [string, string])[] = [
  [
    '`import x = require()` of TypeScript',
    `import crypto = require('crypto'); const cache = crypto.createHash('md5');`,
  ],
  [
    'an enum with a member that is computed',
    `enum Keys { A = 'a', 'b-c' = 1 } cache.set(Keys.A, 1); cache.get(Keys['b-c']);`,
  ],
  [
    'methods without a body',
    `abstract class Store { cache: Cache; abstract load(id: string): void; save(id: string): void; save(id: unknown) { this.cache.set(id, this.cache); } }`,
  ],
  [
    'a row that is made of itself',
    `async function f(id) { let row = await User.findById(id); row = { _id: row._id, name: row.name }; await cache.set('u', row._id); await cache.set('r', row.name); }`,
  ],
  [
    'variables that assign each other on many ways',
    `async function f() { let a, b, c; a = await b.x; b = await c.x; c = await a.x; a = await c.y; b = await a.y; c = await b.y; await cache.set('k', a.id); }`,
  ],
  [
    'an expression that is nested very deep',
    `async function f(u) { await cache.set('k', ${'g('.repeat(400)}u${')'.repeat(400)}); }`,
  ],
];

describe('what made a rule fail once', () => {
  it.each(CRASHES)('%s', (_name, code) => {
    const messages = new Linter().verify(code, [
      { ...plugin.configs.strict, languageOptions: { parser: typescriptParser } },
    ]);
    expect(messages.filter(({ fatal }) => fatal)).toEqual([]);
  });
});
