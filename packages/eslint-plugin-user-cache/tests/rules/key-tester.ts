import { Linter, type RuleTester } from 'eslint';
import { Linter as Linter9 } from 'eslint-9';
import { describe, expect, it } from 'vitest';
import rule from '../../src/rules/require-user-in-key.js';
import { readings, runOnEveryLinter } from './every-linter.js';

export interface Case {
  readonly name: string;
  readonly code: string;
  /** Holds TypeScript's own syntax. */
  readonly typescript?: boolean;
  readonly options?: readonly [Readonly<Record<string, unknown>>];
  readonly settings?: Readonly<Record<string, unknown>>;
}

export interface Report {
  readonly messageId?: string;
  readonly line: number;
  readonly data: Readonly<Record<string, string>>;
  /** The identity that is suggested and what the file looks like with it. */
  readonly suggestion?: { readonly identity?: string; readonly output: string };
}

export interface InvalidCase extends Case {
  readonly reports: readonly Report[];
}

function testCase({ name, code, options, settings }: Case): RuleTester.ValidTestCase {
  return {
    name,
    code,
    ...(options && { options: [...options] }),
    ...(settings && { settings: { 'user-cache': settings } }),
  };
}

function errorOf({ messageId = 'valueDependsOnUser', line, data, suggestion }: Report): RuleTester.TestCaseError {
  const withOrigin = { origin: '', ...data };
  const identity = suggestion?.identity;
  return {
    messageId,
    line,
    data: withOrigin,
    suggestions: suggestion && [
      identity === undefined
        ? { messageId: 'useUserCache', output: suggestion.output }
        : { messageId: 'addIdentity', data: { identity }, output: suggestion.output },
    ],
  };
}

/** A suggestion that leaves the rule something to say has only moved the fault. */
function checkSuggestions(one: InvalidCase, linter: Linter, languageOptions: Linter.LanguageOptions): void {
  const config: Linter.Config = {
    languageOptions,
    plugins: { 'user-cache': { rules: { 'require-user-in-key': rule } } },
    rules: { 'user-cache/require-user-in-key': ['error', ...(one.options ?? [])] },
    ...(one.settings && { settings: { 'user-cache': one.settings } }),
  };
  for (const { suggestion } of one.reports) {
    if (suggestion) expect(linter.verify(suggestion.output, config)).toEqual([]);
  }
}

/** Runs cases on both supported majors of ESLint, with espree and with the parser of typescript-eslint. */
export function runCases(
  title: string,
  cases: { readonly valid: readonly Case[]; readonly invalid: readonly InvalidCase[] },
): void {
  for (const reading of readings) {
    const { parser, languageOptions } = reading;
    const isRun = (one: Case): boolean => reading.typescript || one.typescript !== true;
    const invalid = cases.invalid.filter(isRun);
    const tests = {
      valid: cases.valid.filter(isRun).map(testCase),
      invalid: invalid.map((one) => ({ ...testCase(one), errors: one.reports.map(errorOf) })),
    };
    runOnEveryLinter('require-user-in-key', rule, title, tests, reading);
    const suggesting = invalid.filter(({ reports }) => reports.some(({ suggestion }) => suggestion));
    if (suggesting.length === 0) continue;
    describe(`${title}: suggestions leave nothing to report (${parser})`, () => {
      it.each(suggesting)('$name', (one) => {
        checkSuggestions(one, new Linter(), languageOptions);
        checkSuggestions(one, new Linter9() as unknown as Linter, languageOptions);
      });
    });
  }
}
