import { readFileSync } from 'node:fs';
import { Linter } from 'eslint';
import { describe, expect, it } from 'vitest';
import rule from '../../src/rules/require-invalidation.js';

const PAGE = readFileSync(new URL('../../docs/rules/require-invalidation.md', import.meta.url), 'utf8');

interface Example {
  readonly kind: string;
  readonly code: string;
}

const examples: Example[] = [...PAGE.matchAll(/```js (correct|incorrect)\n([\s\S]*?)```/g)].map(
  ([, kind = '', code = '']) => ({
    kind,
    code,
  }),
);

function lint(code: string, options: object = {}): readonly Linter.LintMessage[] {
  return new Linter().verify(code, [
    {
      plugins: { 'user-cache': { rules: { 'require-invalidation': rule } } },
      rules: { 'user-cache/require-invalidation': ['error', options] },
    },
  ]);
}

describe('the documentation page of require-invalidation', () => {
  it('has examples of both kinds', () => {
    expect(examples.map(({ kind }) => kind)).toEqual(['incorrect', 'correct', 'incorrect', 'correct']);
  });

  it.each(examples.map((example, index) => [`${example.kind} example ${index + 1}`, example] as const))(
    '%s',
    (_name, { kind, code }) => {
      expect(lint(code).map(({ ruleId }) => ruleId)).toEqual(
        kind === 'correct' ? [] : ['user-cache/require-invalidation'],
      );
    },
  );

  it('names every option and nothing else', () => {
    const [schema] = rule.meta?.schema as readonly [{ readonly properties: object }];
    const headings = [...PAGE.matchAll(/^### `(\w+)`$/gm)].map(([, name]) => name);
    expect(headings).toEqual(Object.keys(schema.properties));
  });

  it('is where the rule says', () => {
    expect(rule.meta?.docs?.url).toMatch(/\/docs\/rules\/require-invalidation\.md$/);
  });
});
