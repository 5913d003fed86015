import type { AST, Rule, SourceCode } from 'eslint';
import { settingsOf } from './settings/read.js';
import type { Settings } from './settings/types.js';

/** All that the rules know together about one file. */
export interface Analysis {
  readonly sourceCode: SourceCode;
  readonly settings: Settings;
}

// Keyed by the tree: a context is made anew for every rule, a filename goes stale in an editor, and some linters use one
// `sourceCode` object for every file.
const analyses = new WeakMap<AST.Program, Analysis>();

export function analysisOf(context: Rule.RuleContext): Analysis {
  const { sourceCode } = context;
  let analysis = analyses.get(sourceCode.ast);
  if (!analysis) {
    analysis = { sourceCode, settings: settingsOf(context) };
    analyses.set(sourceCode.ast, analysis);
  }
  return analysis;
}

/** Remembers one result a node or variable; `undefined` is a result too. */
export function memoize<Subject extends object, Result>(
  compute: (subject: Subject, analysis: Analysis) => Result,
): (subject: Subject, analysis: Analysis) => Result {
  const results = new WeakMap<Analysis, WeakMap<Subject, { readonly value: Result }>>();
  return (subject, analysis) => {
    let known = results.get(analysis);
    if (!known) results.set(analysis, (known = new WeakMap()));
    const hit = known.get(subject);
    if (hit) return hit.value;
    const value = compute(subject, analysis);
    known.set(subject, { value });
    return value;
  };
}
