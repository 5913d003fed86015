import type { Rule } from 'eslint';
import { type Analysis, analysisOf } from '../analysis.js';
import { mayUseCache } from '../cache/gate.js';
import { mayWrite } from '../db/recognise.js';
import type { CachedAt } from '../flow/cached.js';
import { flowListeners } from '../flow/graph.js';
import { type Unsettled, exitLine, unsettledIn } from '../flow/unsettled.js';
import { appendInvalidation, invalidationFor } from '../report/invalidation.js';

interface Options {
  readonly unknown: 'ignore' | 'report';
  readonly throwPaths: boolean;
}

const rule: Rule.RuleModule = {
  meta: {
    type: 'problem',
    docs: {
      description: 'require that every path after a database write of a cached entity invalidates it',
      recommended: true,
      url: 'https://github.com/user-cache/user-cache/blob/main/packages/eslint-plugin-user-cache/docs/rules/require-invalidation.md',
    },
    hasSuggestions: true,
    schema: [
      {
        type: 'object',
        description: 'What is reported beyond what is proven.',
        properties: {
          unknown: {
            enum: ['ignore', 'report'],
            description:
              'Whether to report writes of entities that nothing in the file or the settings shows to be cached.',
          },
          throwPaths: {
            type: 'boolean',
            description: 'Whether an exception after the write, caught or not, is a path that needs an invalidation.',
          },
        },
        additionalProperties: false,
      },
    ],
    defaultOptions: [{ unknown: 'ignore', throwPaths: false }],
    messages: {
      missing:
        '`{{entity}}` is written here, but `{{family}}`, cached {{place}}, is not invalidated {{path}}. {{advice}}',
      otherKey:
        '`{{entity}}` is written here and `{{cleared}}` is invalidated, but `{{family}}`, cached {{place}}, is not {{path}}. {{advice}}',
      unproven:
        '`{{entity}}` is written here, and nothing shows that it is not cached: no invalidation {{path}}. Invalidate it after the write, or declare it in `settings["user-cache"].entities`: its key prefixes, or `[]` if it is never cached.',
      append: 'Invalidate `{{key}}` after the write.',
    },
  },
  create(context) {
    const { unknown, throwPaths } = context.options[0] as Options;
    const analysis = analysisOf(context);
    if (!mayWrite(analysis) || !mayMatter(unknown, analysis)) return {};

    return flowListeners((graph) => {
      for (const unsettled of unsettledIn(graph, analysis, { unproven: unknown === 'report', throwPaths })) {
        context.report(problemOf(unsettled, analysis));
      }
    });
  },
};

/** Without a cache in the file, only what the settings declare or what is asked for without proof can be reported. */
function mayMatter(unknown: Options['unknown'], analysis: Analysis): boolean {
  const { settings, sourceCode } = analysis;
  return unknown === 'report' || Object.keys(settings.entities).length > 0 || mayUseCache(sourceCode.ast, analysis);
}

function problemOf(unsettled: Unsettled, analysis: Analysis): Rule.ReportDescriptor {
  const { write, cleared } = unsettled;
  const { node } = write;
  const path = pathOf(unsettled);
  const shown = strongest(unsettled.evidence);
  if (!shown) return { node, messageId: 'unproven', data: { entity: write.entity, path } };

  const family = shown.families.map(({ text }) => text).join('` or `');
  const invalidation = shown.op && invalidationFor(shown.op, node, analysis);
  const data = {
    entity: write.entity,
    family,
    place: shown.line === undefined ? 'according to the settings' : `at line ${shown.line}`,
    path,
    advice: invalidation
      ? `Wrap the write in \`${invalidation.cache}.mutate(${invalidation.key}, …)\` or call \`invalidate\` after it.`
      : 'Delete that key after the write, on every path.',
  };
  const fix = invalidation && appendInvalidation(invalidation, node, analysis);
  const suggest = fix ? [{ messageId: 'append', data: { key: invalidation.key }, fix }] : [];
  if (cleared === undefined) return { node, messageId: 'missing', data, suggest };
  return { node, messageId: 'otherKey', data: { ...data, cleared }, suggest };
}

/** What fills the cache says more than what clears it. */
function strongest(evidence: readonly CachedAt[]): CachedAt | undefined {
  return evidence.find(({ op }) => op?.op === 'load' || op?.op === 'write') ?? evidence[0];
}

function pathOf({ exit }: Unsettled): string {
  const line = exitLine(exit);
  if (exit.type === 'ReturnStatement') return `when the function returns at line ${line}`;
  return exit.type === 'Program' ? 'when the module ends' : `when the function ends at line ${line}`;
}

export default rule;
