import * as typescriptParser from '@typescript-eslint/parser';
import { Linter, type Rule } from 'eslint';
import type { CallExpression } from 'estree';
import { type Analysis, analysisOf } from '../src/analysis.js';

/** Lints `code` with a rule that asks the engine about every call, in the order of the source. */
export function forEachCall<Answer>(
  code: string,
  ask: (call: CallExpression, analysis: Analysis) => Answer,
  settings: Readonly<Record<string, unknown>> = {},
): Answer[] {
  const answers: Answer[] = [];
  const rule: Rule.RuleModule = {
    create(context) {
      const analysis = analysisOf(context);
      return {
        CallExpression(node) {
          answers.push(ask(node, analysis));
        },
      };
    },
  };
  const problems = new Linter().verify(code, {
    languageOptions: { parser: typescriptParser, ecmaVersion: 2024, sourceType: 'module' },
    plugins: { probe: { rules: { probe: rule } } },
    rules: { 'probe/probe': 'error' },
    settings: { 'user-cache': settings },
  });
  const [fatal] = problems;
  if (fatal) throw new Error(fatal.message);
  return answers;
}
