import type { Rule } from 'eslint';
import { type Analysis, analysisOf } from '../analysis.js';
import { lineOf } from '../ast/node.js';
import { mayUseCache } from '../cache/gate.js';
import { recogniseCacheOp } from '../cache/recognise.js';
import type { CacheOp } from '../cache/types.js';
import { declarationsOf } from '../evidence/declared.js';
import { type Problem, problemsIn, sameKey } from '../evidence/problem.js';
import { insertIdentity } from '../report/insert.js';
import { effectOf, origin, sourceText } from '../report/message.js';
import { useUserCache } from '../report/user-cache.js';
import { keyMatcher } from '../settings/pattern.js';
import { settingOf } from '../settings/read.js';
import { settingsSchema } from '../settings/schema.js';

interface Options {
  readonly unknown?: 'ignore' | 'report';
}

function dataOf(problem: Problem): Record<string, string> {
  const { entry } = problem;
  const base = { key: entry.printed, origin: origin(entry) };
  switch (problem.kind) {
    case 'valueDependsOnUser':
    case 'sharedHoldsUserData':
    case 'cannotSeeKey': {
      const { dependency } = problem;
      const identity = sourceText(dependency);
      return { ...base, identity, effect: effectOf(dependency), line: String(lineOf(dependency.at)) };
    }
    case 'responseCache':
      return { ...base, line: String(lineOf(problem.authentication)) };
    case 'scopedElsewhere':
    case 'readsUsersEntry':
      return { ...base, other: problem.other.printed, line: String(lineOf(problem.other.key)) };
    case 'declaredAsUsers':
      return { ...base, name: problem.name };
    case 'cannotSeeValue':
      return base;
    case 'knowsUser':
      return { ...base, identity: sourceText(problem), line: String(lineOf(problem.identity.node)) };
  }
}

function suggestionsFor(
  problem: Problem,
  ops: readonly CacheOp[],
  analysis: Analysis,
): Rule.SuggestionReportDescriptor[] {
  const { entry, identity, kind } = problem;
  const swap = kind === 'sharedHoldsUserData' ? useUserCache(entry) : undefined;
  if (swap) return [{ messageId: 'useUserCache', fix: swap }];
  // What could not be read cannot be edited with confidence either.
  if (!identity || ['cannotSeeKey', 'sharedHoldsUserData', 'knowsUser'].includes(kind)) return [];
  const insertion = insertIdentity(identity, sameKey(entry, ops, analysis), analysis);
  return insertion ? [{ messageId: 'addIdentity', data: { identity: insertion.identity }, fix: insertion.fix }] : [];
}

const rule: Rule.RuleModule = {
  meta: {
    type: 'problem',
    docs: {
      description: "require the user in the key of a cache entry that holds a user's data",
      recommended: true,
      url: 'https://github.com/user-cache/user-cache/blob/main/packages/eslint-plugin-user-cache/docs/rules/require-user-in-key.md',
    },
    hasSuggestions: true,
    schema: [
      {
        type: 'object',
        additionalProperties: false,
        properties: {
          unknown: {
            enum: ['ignore', 'report'],
            description: 'Whether to report what can be proven neither wrong nor right.',
          },
          publicKeys: settingsSchema.publicKeys,
          userNamespaces: settingsSchema.userNamespaces,
          userModels: settingsSchema.userModels,
        },
      },
    ],
    defaultOptions: [{ unknown: 'ignore' }],
    messages: {
      valueDependsOnUser:
        'Key `{{key}}`{{origin}} has no user id, but the value it stores depends on one: `{{identity}}` {{effect}} (line {{line}}). Add the user id to the key, or use req.userCache.',
      sharedHoldsUserData:
        "Key `{{key}}`{{origin}} is in req.sharedCache, but the value it stores is a user's: `{{identity}}` {{effect}} (line {{line}}). Use req.userCache.",
      responseCache:
        'Key `{{key}}`{{origin}} names only the request, but this middleware answers from it behind authentication (line {{line}}): every user gets the answer of the first. Add the user id to the key, or use req.userCache.',
      scopedElsewhere:
        'Key `{{key}}`{{origin}} has no user id, but line {{line}} keeps the same entry for each user as `{{other}}`. Add the user id to the key, or use req.userCache.',
      readsUsersEntry:
        "Key `{{key}}`{{origin}} has no user id, but line {{line}} stores a user's data under it. Add the user id to the key, or use req.userCache.",
      declaredAsUsers:
        "Key `{{key}}`{{origin}} has no user id, but `{{name}}` is declared to be the user's. Add the user id to the key, or use req.userCache.",
      cannotSeeKey:
        'Cannot see a user id in key `{{key}}`{{origin}}, and the value it stores depends on one: `{{identity}}` {{effect}} (line {{line}}). Build the key in this file, or declare its builder in `keyBuilders`.',
      cannotSeeValue:
        'Key `{{key}}`{{origin}} has no user id, and this file does not show whose data it stores. Add the user id to the key, or declare the key in `publicKeys`.',
      knowsUser:
        'Key `{{key}}`{{origin}} has no user id, and the function around it knows one: `{{identity}}` (line {{line}}). Add the user id to the key, or declare the key in `publicKeys`.',
      addIdentity: 'Add `{{identity}}` to the key, everywhere this file uses it.',
      useUserCache: 'Use `req.userCache` instead.',
    },
  },
  create(context) {
    const analysis = analysisOf(context);
    if (!mayUseCache(analysis.sourceCode.ast, analysis)) return {};
    const options = context.options[0] as Options | undefined;
    const ops: CacheOp[] = [];
    return {
      CallExpression(node) {
        const op = recogniseCacheOp(node, analysis);
        if (op) ops.push(op);
      },
      'Program:exit'() {
        const question = {
          publicKeys: keyMatcher(settingOf(context, 'publicKeys')),
          declared: declarationsOf(settingOf(context, 'userNamespaces'), settingOf(context, 'userModels')),
          strict: options?.unknown === 'report',
        };
        for (const problem of problemsIn(ops, question, analysis)) {
          context.report({
            node: problem.entry.key,
            messageId: problem.kind,
            data: dataOf(problem),
            suggest: suggestionsFor(problem, ops, analysis),
          });
        }
      },
    };
  },
};

export default rule;
