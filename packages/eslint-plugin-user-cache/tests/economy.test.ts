import { Linter, SourceCode } from 'eslint';
import { describe, expect, it, vi } from 'vitest';
import plugin from '../src/index.js';

/** What a rule asks of the scopes: a figure that is the same on every machine. */
function lookupsFor(code: string): number {
  const getScope = vi.spyOn(SourceCode.prototype, 'getScope');
  try {
    const rules = { 'user-cache/require-user-in-key': 'error' as const };
    const [fatal] = new Linter().verify(code, [{ ...plugin.configs.strict, rules }]).filter((one) => one.fatal);
    if (fatal) throw new Error(fatal.message);
    return getScope.mock.calls.length;
  } finally {
    getScope.mockRestore();
  }
}

const handler = (index: number): string => `
app.get('/notes/${String(index)}/:id', async (req, res) => {
  const key = \`note${String(index)}:\${req.user.id}:\${req.params.id}\`;
  const hit = await redis.get(key);
  if (hit) return res.json(JSON.parse(hit));
  const row = await Note.findOne({ _id: req.params.id, author: req.user.id });
  await redis.set(key, JSON.stringify(row));
  res.json(row);
});`;

const file = (handlers: number): string =>
  `import { redis } from './redis.js';${Array.from({ length: handlers }, (_, index) => handler(index)).join('')}`;

describe('what a lint run costs', () => {
  it('is nothing in a file that mentions no cache', () => {
    expect(
      lookupsFor("app.get('/', async (req, res) => { res.json(await Note.find({ author: req.user.id })); });"),
    ).toBe(0);
  });

  it('grows with the file, not with its square', () => {
    const small = lookupsFor(file(20));
    expect(small).toBeGreaterThan(0);
    expect(lookupsFor(file(80)) / small).toBeLessThan(4.5);
  });

  it('has a bound for helpers that call each other over and over', () => {
    const helpers = Array.from(
      { length: 30 },
      (_, index) => `const f${String(index)} = (x) => f${String((index + 1) % 30)}(f${String((index + 7) % 30)}(x));`,
    ).join('\n');
    const code = `import { redis } from './redis.js';\n${helpers}\nredis.set(f0(1), f1(2)); redis.get(f2(3));`;
    expect(lookupsFor(code)).toBeLessThan(100_000);
  });

  it('has a bound for a chain of helpers that generated code makes', () => {
    const chain = Array.from(
      { length: 3_000 },
      (_, index) => `const f${String(index)} = (k) => f${String(index + 1)}(k);`,
    );
    const code = `import { redis } from './redis.js';\n${chain.join('\n')}\nconst f3000 = (k) => redis.get(k);\nf0('a');`;
    expect(lookupsFor(code)).toBeGreaterThan(0);
  });

  it('has a bound for keys that double at every level', () => {
    const levels = Array.from(
      { length: 30 },
      (_, index) => `const k${String(index + 1)} = (x) => \`\${k${String(index)}(x)}\${k${String(index)}(x)}\`;`,
    ).join('\n');
    const code = `import { redis } from './redis.js';\nconst k0 = (x) => x;\n${levels}\nredis.set(k30(1), k30(2));`;
    expect(lookupsFor(code)).toBeLessThan(100_000);
  });
});
