import type { Rule } from 'eslint';
import { type Schema, settingsSchema } from './schema.js';
import type { Settings } from './types.js';
import { InvalidSettingError, validate } from './validate.js';

const NAME = 'user-cache';

const DEFAULTS: Settings = {
  identity: { trusted: [], tenant: [], untrusted: [] },
  clients: [],
  operations: [],
  keyBuilders: [],
  invalidators: [],
  writers: [],
  entities: {},
  publicKeys: [],
  userNamespaces: [],
  userModels: [],
};

const wholeSchema: Schema = { type: 'object', properties: settingsSchema, additionalProperties: false };

// One settings object serves all files of a configuration: it is validated once, not once a file and rule.
const validated = new WeakMap<object, Settings>();

function readAll(given: unknown): Settings {
  if (given === undefined) return DEFAULTS;
  const path = `settings['${NAME}']`;
  if (typeof given !== 'object' || given === null) throw new InvalidSettingError(path, 'an object', given);
  const known = validated.get(given);
  if (known) return known;
  validate(given, wholeSchema, path);
  const partial = given as Partial<Settings>;
  for (const [index, client] of (partial.clients ?? []).entries()) {
    if (client.name === undefined && client.module === undefined) {
      throw new InvalidSettingError(`${path}.clients[${String(index)}]`, '`name` or `module`', client);
    }
  }
  const settings: Settings = {
    ...DEFAULTS,
    ...partial,
    identity: { ...DEFAULTS.identity, ...partial.identity },
  };
  validated.set(given, settings);
  return settings;
}

/** What the project declares under `settings['user-cache']`. Throws `InvalidSettingError` naming the wrong setting. */
export function settingsOf(context: Rule.RuleContext): Settings {
  return readAll(context.settings[NAME]);
}

/** One setting: the rule's own option, else the shared setting, else the default. */
export function settingOf<Name extends keyof Settings>(context: Rule.RuleContext, name: Name): Settings[Name] {
  const options = context.options[0] as Partial<Settings> | undefined;
  return options?.[name] ?? settingsOf(context)[name];
}
