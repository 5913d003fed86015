import { readFileSync, readdirSync } from 'node:fs';
import { Linter, type Rule } from 'eslint';
import { defineConfig } from 'eslint/config';
import { Linter as Linter9 } from 'eslint-9';
import { describe, expect, it } from 'vitest';
import plugin from '../src/index.js';
import { settingsSchema } from '../src/settings/schema.js';

const text = (path: string): string => readFileSync(new URL(`../${path}`, import.meta.url), 'utf8');
const rules = Object.entries<Rule.RuleModule>(plugin.rules);
const names = rules.map(([name]) => name);

const LEAK = `
import { redis } from './redis.js';
export async function list(userId) {
  await redis.set('notes', await Note.find({ userId }));
}`;

describe('the plugin object', () => {
  it('says who it is', () => {
    const { name, version } = JSON.parse(text('package.json')) as { name: string; version: string };
    expect(plugin.meta).toEqual({ name, version, namespace: 'user-cache' });
  });

  it.each([
    ['ESLint 10', new Linter()],
    ['ESLint 9.15', new Linter9() as unknown as Linter],
  ])('works as userCache.configs.recommended in %s', (_name, linter) => {
    const messages = linter.verify(LEAK, [plugin.configs.recommended]);
    expect(messages.map(({ ruleId }) => ruleId)).toEqual(['user-cache/require-user-in-key']);
  });

  it.each(['recommended', 'strict'])('works as extends: user-cache/%s', (preset) => {
    const config = defineConfig({ plugins: { 'user-cache': plugin }, extends: [`user-cache/${preset}`] });
    expect(new Linter().verify(LEAK, config).map(({ ruleId }) => ruleId)).toEqual(['user-cache/require-user-in-key']);
  });

  it('reports doubts in strict only', () => {
    const doubt =
      "import { redis } from './redis.js'; export const save = (id, data) => redis.set(`note:${id}`, data);";
    expect(new Linter().verify(doubt, [plugin.configs.recommended])).toEqual([]);
    expect(new Linter().verify(doubt, [plugin.configs.strict])).toHaveLength(1);
  });
});

describe('presets follow the metadata', () => {
  it('recommended has what recommends itself, strict has all', () => {
    const recommended = rules
      .filter(([, { meta }]) => meta?.docs?.recommended === true)
      .map(([name]) => `user-cache/${name}`);
    expect(Object.keys(plugin.configs.recommended.rules ?? {})).toEqual(recommended);
    expect(Object.keys(plugin.configs.strict.rules ?? {})).toEqual(names.map((name) => `user-cache/${name}`));
  });
});

describe('files follow the rules', () => {
  it('has a rule file and a page for each rule and no other', () => {
    const listed = (folder: string, end: string): string[] =>
      readdirSync(new URL(`../${folder}`, import.meta.url))
        .filter((file) => file.endsWith(end))
        .map((file) => file.slice(0, -end.length))
        .sort();
    expect(listed('src/rules', '.ts')).toEqual(names);
    expect(listed('docs/rules', '.md')).toEqual(names);
  });

  it.each(rules)('%s is documented as its metadata says', (name, { meta }) => {
    const page = text(`docs/rules/${name}.md`);
    expect(page.split('\n')[0]).toBe(`# \`user-cache/${name}\``);
    expect(meta?.docs?.url).toBe(
      `https://github.com/user-cache/user-cache/blob/main/packages/eslint-plugin-user-cache/docs/rules/${name}.md`,
    );
    for (const heading of ['## The problem', '## Options', '## What it does not see', '## When not to use it'])
      expect(page).toContain(heading);
    const [options] = (meta?.schema ?? []) as { readonly properties?: object }[];
    for (const option of Object.keys(options?.properties ?? {})) expect(page).toContain(`### \`${option}\``);
  });

  it.each(rules)('%s has its row in the README', (name, { meta }) => {
    const cells = [
      `[${name}](docs/rules/${name}.md)`,
      meta?.docs?.description,
      meta?.docs?.recommended === true ? '💼' : '',
      meta?.hasSuggestions === true ? '💡' : '',
    ];
    expect(text('README.md').replaceAll(/ +/g, ' ')).toContain(`| ${cells.join(' | ')} |`);
  });

  it('documents every setting', () => {
    const page = text('docs/settings.md');
    for (const name of Object.keys(settingsSchema)) expect(page).toMatch(new RegExp(`^\\| \`${name}[.\`]`, 'm'));
  });
});

describe('the code in the docs does what the docs say', () => {
  const blocks = names.flatMap((name) =>
    [...text(`docs/rules/${name}.md`).matchAll(/```js (incorrect|correct)\n(.*?)```/gs)].map(
      ([, verdict = '', code = ''], index) => ({ name, verdict, code, index: index + 1 }),
    ),
  );

  it.each(blocks)('$name, block $index: $verdict', ({ name, verdict, code }) => {
    const config = { ...plugin.configs.recommended, rules: { [`user-cache/${name}`]: 'error' as const } };
    expect(new Linter().verify(code, [config]).length > 0).toBe(verdict === 'incorrect');
  });

  it.each(names)('%s has both kinds', (name) => {
    const verdicts = blocks.filter((block) => block.name === name).map(({ verdict }) => verdict);
    expect(new Set(verdicts)).toEqual(new Set(['correct', 'incorrect']));
  });
});
