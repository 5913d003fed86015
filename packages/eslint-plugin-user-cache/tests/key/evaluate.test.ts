import { describe, expect, it } from 'vitest';
import { keyShapeOf } from '../../src/key/evaluate.js';
import { keyScopeOf, namespacesOf, prefixesOf, printShape } from '../../src/key/print.js';
import { forEachCall } from '../parse.js';

/** What the engine reads in the argument of `KEY(...)`. */
function read(code: string): {
  printed: string;
  scope: string;
  prefixes: readonly string[];
  namespaces: readonly string[];
} {
  const [answer] = forEachCall(code, (call, analysis) => {
    const [key] = call.arguments;
    if (call.callee.type !== 'Identifier' || call.callee.name !== 'KEY' || !key) return undefined;
    const shape = keyShapeOf(key, analysis);
    return {
      printed: printShape(shape),
      scope: keyScopeOf(shape),
      prefixes: prefixesOf(shape),
      namespaces: namespacesOf(shape),
    };
  }).filter((one) => one !== undefined);
  if (!answer) throw new Error('no KEY(...) in the code');
  return answer;
}

describe('keyShapeOf', () => {
  it.each([
    ['a template', 'function f(req, res) { KEY(`a:${req.params.id}:b`); }', 'a:{req.params.id}:b', 'unscoped'],
    [
      'a sum through constants',
      "const p = 'a' + ':'; function f(userId) { const k = p + userId; KEY(k); }",
      'a:{userId}',
      'scoped',
    ],
    ['an array of parts', "function f(req, res) { KEY(['a', req.user.id, 1]); }", 'a:{req.user.id}:1', 'scoped'],
    ['join with its own separator', "function f(id) { KEY(['a', id].join('/')); }", 'a/{id}', 'unscoped'],
    ['concat', "function f(id) { KEY('a'.concat(':', id)); }", 'a:{id}', 'unscoped'],
    ['two ways', "function f(all, userId) { KEY(all ? 'a' : `a:${userId}`); }", 'a | a:{userId}', 'unknown'],
    ['appended', "function f(x, userId) { let k = 'a'; if (x) k += userId; KEY(k); }", 'a | a{userId}', 'unknown'],
    ['replaced', "function f(userId) { let k = 'a'; k = 'b:' + userId; KEY(k); }", 'b:{userId}', 'scoped'],
    ['a helper', 'const key = (id) => `a:${id}`; function f(userId) { KEY(key(userId)); }', 'a:{userId}', 'scoped'],
    [
      'a helper with several returns',
      "const k = (x) => { if (x) return 'a'; return 'b'; }; KEY(k(1));",
      'a | b',
      'unscoped',
    ],
    ['a property of an object', "const keys = { a: { b: 'c' } }; KEY(keys.a.b);", 'c', 'unscoped'],
    [
      'a static method',
      'class K { static of(id) { return `a:${id}`; } } function f(userId) { KEY(K.of(userId)); }',
      'a:{userId}',
      'scoped',
    ],
    [
      'a helper of another module',
      "import { k } from './k'; function f(userId) { KEY(k(userId)); }",
      '{k(userId)}',
      'scoped',
    ],
    ['a parameter that is a key', 'function f(key) { KEY(key); }', '{key}', 'unknown'],
    [
      'a method of an unknown object',
      "class A extends B { f() { KEY(this.key('x')); } }",
      "{this.key('x')}",
      'unknown',
    ],
    ['a helper that calls itself', 'const k = (x) => k(x); KEY(k(1));', '{k(x)}', 'unknown'],
    ['a constant of another module', "import { K } from './k'; KEY(K.TOOLS);", '{K.TOOLS}', 'unscoped'],
  ])('reads %s', (_name, code, printed, scope) => {
    expect(read(code)).toMatchObject({ printed, scope });
  });

  it('gives up on too many ways instead of counting them all', () => {
    const way = "(x ? 'a' : 'b')";
    expect(read(`KEY(${Array.from({ length: 20 }, () => way).join(' + ')});`).scope).toBe('unknown');
  });

  it('names the prefix and the namespace', () => {
    expect(read('function f(id) { KEY(`user:profile:${id}`); }')).toMatchObject({
      prefixes: ['user:profile'],
      namespaces: ['user'],
    });
    expect(read('function f(id) { KEY(`${id}:x`); }')).toMatchObject({ prefixes: [], namespaces: [] });
  });
});
