import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { ESLint } from 'eslint';
import { beforeAll, describe, expect, it } from 'vitest';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

/** The config of `npm run lint:unsafe`: nothing but our own rules. */
const eslint = new ESLint({ cwd: ROOT, overrideConfigFile: 'eslint.unsafe.config.js' });

const key = { rule: 'user-cache/require-user-in-key', wayOut: /Add the user id to the key|use req\.userCache/ };
const write = { rule: 'user-cache/require-invalidation', wayOut: /Delete that key after the write|invalidate/ };

/** Every planted fault, in the order of the file: what its comment says, and what the finding must name. */
const FAULTS = [
  { fault: 'the key has no user id', names: 'conversation:{', ...key },
  { fault: 'the key has no user id', names: 'conversation:{', ...key },
  { fault: 'the list of one user under a key for all', names: 'conversations:list', ...key },
  { fault: 'the list of one user under a key for all', names: 'conversations:list', ...key },
  { fault: 'the helper makes a key without the user', names: 'messages:{', ...key },
  { fault: 'the helper makes a key without the user', names: 'messages:{', ...key },
  { fault: "the map is everybody's", names: 'req.params.id', ...key },
  { fault: "the map is everybody's", names: 'req.params.id', ...key },
  { fault: 'nothing is invalidated', names: 'profile:{', ...write },
  { fault: 'the early return is before the invalidation', names: 'profile:{', ...write },
  { fault: 'what is deleted is cached as profile:, not as profiles:', names: 'profile:{', ...write },
];

interface Finding {
  /** What the comment above the reported line says is wrong there. */
  readonly fault: string | undefined;
  readonly rule: string | null;
  readonly message: string;
}

async function findings(): Promise<Finding[]> {
  const lines = (await readFile(`${ROOT}/src/unsafe.ts`, 'utf8')).split('\n');
  const [result] = await eslint.lintFiles('src/unsafe.ts');
  return (result?.messages ?? []).map(({ line, ruleId, message }) => ({
    fault: /^ *\/\/ fault: (.*)$/.exec(lines[line - 2] ?? '')?.[1],
    rule: ruleId,
    message,
  }));
}

describe('the handlers as people write them today', () => {
  let found: Finding[];

  beforeAll(async () => {
    found = await findings();
  }, 60_000);

  it('are reported where a comment says fault, and nowhere else', () => {
    expect(found.map(({ fault, rule }) => ({ fault, rule }))).toEqual(
      FAULTS.map(({ fault, rule }) => ({ fault, rule })),
    );
  });

  it('have a comment for every fault in the list', async () => {
    const source = await readFile(`${ROOT}/src/unsafe.ts`, 'utf8');
    expect(Array.from(source.matchAll(/^ *\/\/ fault: (.*)$/gm), ([, fault]) => fault)).toEqual(
      FAULTS.map(({ fault }) => fault),
    );
  });

  it.each(FAULTS.map((fault, index) => ({ ...fault, index })))(
    'finding $index, $fault: names the key and a way out',
    ({ index, names, wayOut }) => {
      expect(found[index]?.message).toContain(names);
      expect(found[index]?.message).toMatch(wayOut);
    },
  );
});

it('the app itself has no finding', { timeout: 60_000 }, async () => {
  const results = await eslint.lintFiles('src/**/*.ts');
  const messages = results
    .filter(({ filePath }) => !filePath.endsWith('unsafe.ts'))
    .flatMap((result) => result.messages.map(({ message, line }) => `${result.filePath}:${line} ${message}`));
  expect(results.length).toBeGreaterThan(20);
  expect(messages).toEqual([]);
});
