import { readFileSync } from 'node:fs';
import type { ESLint, Linter, Rule } from 'eslint';
import requireInvalidation from './rules/require-invalidation.js';
import requireUserInKey from './rules/require-user-in-key.js';

const NAMESPACE = 'user-cache';

const rules = {
  'require-invalidation': requireInvalidation,
  'require-user-in-key': requireUserInKey,
} as const satisfies Record<string, Rule.RuleModule>;

type PresetName = 'recommended' | 'strict';

/** A preset is a question to the metadata of the rules: there is no second list of rules to keep in step. */
function rulesOf(preset: PresetName): Linter.RulesRecord {
  return Object.fromEntries(
    Object.entries<Rule.RuleModule>(rules)
      .filter(([, { meta }]) => preset === 'strict' || meta?.docs?.recommended === true)
      .map(([name, { meta }]) => [`${NAMESPACE}/${name}`, severityOf(preset, meta)]),
  );
}

/** `strict` also reports what cannot be proven right, in every rule that has the choice. */
function severityOf(preset: PresetName, meta: Rule.RuleMetaData | undefined): Linter.RuleEntry {
  const defaults: readonly unknown[] = meta?.defaultOptions ?? [];
  const hasChoice = defaults.some((options) => typeof options === 'object' && options !== null && 'unknown' in options);
  return preset === 'strict' && hasChoice ? ['error', { unknown: 'report' }] : 'error';
}

function preset(name: PresetName): Linter.Config {
  return {
    name: `${NAMESPACE}/${name}`,
    plugins: {
      // Read late: the plugin does not exist yet while its presets are made.
      get [NAMESPACE](): ESLint.Plugin {
        return plugin;
      },
    },
    rules: rulesOf(name),
  };
}

interface UserCachePlugin extends ESLint.Plugin {
  readonly meta: { readonly name: string; readonly version: string; readonly namespace: string };
  readonly rules: typeof rules;
  readonly configs: Readonly<Record<PresetName, Linter.Config>>;
}

const { name, version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
  readonly name: string;
  readonly version: string;
};

const plugin: UserCachePlugin = {
  meta: { name, version, namespace: NAMESPACE },
  rules,
  configs: { recommended: preset('recommended'), strict: preset('strict') },
};

export default plugin;
