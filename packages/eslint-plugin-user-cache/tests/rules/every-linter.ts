import * as typescriptParser from '@typescript-eslint/parser';
import { type Linter, type Rule, RuleTester } from 'eslint';
import { RuleTester as RuleTester9 } from 'eslint-9';
import { afterAll, describe, it } from 'vitest';

RuleTester.describe = RuleTester9.describe = describe;
RuleTester.it = RuleTester9.it = it;
RuleTester.itOnly = RuleTester9.itOnly = it.only;
(RuleTester as unknown as { afterAll: unknown }).afterAll = afterAll;

/** How the files of a run are read: espree reads no TypeScript, so cases with its syntax run on the other parser only. */
export interface Reading {
  readonly parser: 'espree' | 'typescript-eslint';
  readonly typescript: boolean;
  readonly languageOptions: Linter.LanguageOptions;
}

export const readings: readonly Reading[] = [false, true].map((typescript) => ({
  typescript,
  parser: typescript ? 'typescript-eslint' : 'espree',
  languageOptions: { ecmaVersion: 2024, sourceType: 'module', ...(typescript && { parser: typescriptParser }) },
}));

interface Tests {
  readonly valid: RuleTester.ValidTestCase[];
  readonly invalid: RuleTester.InvalidTestCase[];
}

/** Runs the cases of one reading on both supported majors of ESLint. */
export function runOnEveryLinter(
  name: string,
  rule: Rule.RuleModule,
  title: string,
  tests: Tests,
  { parser, languageOptions }: Reading,
): void {
  const assertionOptions = { requireMessage: 'messageId' as const, requireData: true };
  describe(`${title} (ESLint 10, ${parser})`, () => {
    new RuleTester({ languageOptions }).run(name, rule, { ...tests, assertionOptions });
  });
  describe(`${title} (ESLint 9.15, ${parser})`, () => {
    // The two majors type their options apart; at run time a case is the same for both.
    new RuleTester9({ languageOptions } as never).run(name, rule as never, tests as never);
  });
}
