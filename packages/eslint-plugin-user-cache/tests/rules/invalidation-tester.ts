import type { RuleTester } from 'eslint';
import rule from '../../src/rules/require-invalidation.js';
import { readings, runOnEveryLinter } from './every-linter.js';

/**
 * The top of every case: it shows that `Conversation` is cached under `conversation:{id}` and its lists under
 * `conversations:{userId}`. Lines of cases count from the line after it.
 */
const PRELUDE = `import { Conversation } from '../models/conversation.js';
import { redis } from '../lib/redis.js';
export async function read(id) {
  const hit = await redis.get(\`conversation:\${id}\`);
  if (hit) return JSON.parse(hit);
  const row = await Conversation.findById(id).lean();
  await redis.set(\`conversation:\${id}\`, JSON.stringify(row), 'EX', 600);
  return row;
}
`;
const CACHED_AT = 7;
const OFFSET = PRELUDE.split('\n').length - 1;

export interface Case {
  readonly name: string;
  /** The body behind the prelude. */
  readonly code: string;
  /** A case that stands alone, without the prelude. */
  readonly alone?: boolean;
  /** Holds TypeScript's own syntax. */
  readonly typescript?: boolean;
  readonly options?: readonly [{ readonly unknown?: 'report' | 'ignore'; readonly throwPaths?: boolean }];
  readonly settings?: Readonly<Record<string, unknown>>;
}

export interface Report {
  /** The line of the write. */
  readonly line: number;
  /** The line of the exit; a negative one is that of the function's end. */
  readonly exit: number;
  readonly messageId?: 'missing' | 'otherKey' | 'unproven';
  readonly entity?: string;
  readonly family?: string;
  readonly at?: number | 'settings';
  readonly cleared?: string;
  readonly advice?: string;
  readonly path?: string;
  readonly suggestion?: { readonly key: string; readonly output: string };
}

export interface InvalidCase extends Case {
  readonly reports: readonly Report[];
}

const DELETE = 'Delete that key after the write, on every path.';

function errorOf(report: Report, offset: number, one: Case): RuleTester.TestCaseError {
  const { line, exit, messageId = 'missing', entity = 'Conversation', advice = DELETE } = report;
  const { family = 'conversation:{id}', at, suggestion } = report;
  const path =
    report.path ??
    (exit < 0
      ? `when the function ends at line ${offset - exit}`
      : `when the function returns at line ${offset + exit}`);
  const place =
    at === 'settings' ? 'according to the settings' : `at line ${at === undefined ? CACHED_AT : offset + at}`;
  const data =
    messageId === 'unproven'
      ? { entity, path }
      : { entity, family, place, path, advice, ...(report.cleared && { cleared: report.cleared }) };
  return {
    messageId,
    data,
    line: offset + line,
    ...(suggestion && {
      suggestions: [
        {
          messageId: 'append',
          data: { key: suggestion.key },
          output: one.alone ? suggestion.output : PRELUDE + suggestion.output,
        },
      ],
    }),
  };
}

function testCase({ alone, typescript: _typescript, name, code, options, settings }: Case): RuleTester.ValidTestCase {
  return {
    name,
    code: alone ? code : PRELUDE + code,
    ...(options && { options: [...options] }),
    ...(settings && { settings: { 'user-cache': settings } }),
  };
}

/** Every finding goes away with its suggestion, and where the entity is declared never to be cached. */
function settledVariants(one: InvalidCase): Case[] {
  const entities = Object.fromEntries(one.reports.map(({ entity = 'Conversation' }) => [entity, []]));
  const variants: Case[] = [{ ...one, name: `${one.name}; never cached`, settings: { ...one.settings, entities } }];
  for (const { suggestion } of one.reports) {
    if (suggestion) variants.push({ ...one, name: `${one.name}; as suggested`, code: suggestion.output });
  }
  return variants;
}

/** Runs cases on both supported majors of ESLint, with espree and with the parser of typescript-eslint. */
export function runCases(
  title: string,
  cases: { readonly valid: readonly Case[]; readonly invalid: readonly InvalidCase[] },
): void {
  for (const reading of readings) {
    const isRun = (one: Case): boolean => reading.typescript || one.typescript !== true;
    const invalid = cases.invalid.filter(isRun);
    const tests = {
      valid: [...cases.valid.filter(isRun), ...invalid.flatMap(settledVariants)].map(testCase),
      invalid: invalid.map((one) => ({
        ...testCase(one),
        errors: one.reports.map((report) => errorOf(report, one.alone ? 0 : OFFSET, one)),
      })),
    };
    runOnEveryLinter('require-invalidation', rule, title, tests, reading);
  }
}
