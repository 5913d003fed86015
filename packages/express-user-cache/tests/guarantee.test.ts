import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const page = readFileSync(join(root, 'docs', 'guarantee.md'), 'utf8');

interface Suite {
  readonly suite: string;
  readonly shows: string;
}

/** What `prove()` writes down. */
interface Row {
  readonly suite: string;
  readonly variant: string;
  readonly runs: number;
  readonly faults: number;
  readonly violations: number;
  readonly compared: boolean;
  readonly seconds: number;
  readonly seed: number | null;
}

interface ProofTable {
  readonly problemsOf: (rows: readonly Row[], suites: readonly Suite[]) => string[];
  readonly printed: (rows: readonly Row[], suites: readonly Suite[]) => string;
  readonly withTable: (text: string, rows: readonly Row[], suites: readonly Suite[], versions: string) => string;
}

const script = async <M>(name: string): Promise<M> => (await import(join(root, 'scripts', name))) as M;
const { suites } = await script<{ suites: readonly Suite[] }>('suites.mjs');
const { problemsOf, printed, withTable } = await script<ProofTable>('proof-table.mjs');

/** The cells of the tables between the comments of the page. */
const tablesOf = (text: string): string[][] => {
  const [, generated = ''] = /<!-- proofs:.*?-->(.*)<!-- \/proofs -->/s.exec(text) ?? [];
  const lines = generated.split('\n').filter((line) => line.startsWith('|'));
  return lines.map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
};

const row = (changes: Partial<Row> = {}): Row => ({
  suite: 'race',
  variant: 'a variant',
  runs: 1_000,
  faults: 1,
  violations: 0,
  compared: false,
  seconds: 1,
  seed: 7,
  ...changes,
});
const race = suites.filter(({ suite }) => suite === 'race');

describe('the page on the guarantee', () => {
  it('says of every suite what it shows, and what it counted', () => {
    const cells = tablesOf(page);
    const begin = cells.findIndex(([, second]) => second === 'variant');
    expect(cells.slice(2, begin).map(([suite]) => suite)).toEqual(suites.map(({ suite }) => suite));
    const counted = cells.slice(begin + 2);
    expect([...new Set(counted.map(([suite]) => suite))]).toEqual(suites.map(({ suite }) => suite));
    for (const line of counted) expect(line).toHaveLength(7);
  });

  it('has a place for the comparison', () => {
    expect(page).toMatch(/<!-- peers -->.*<!-- \/peers -->/s);
  });
});

describe('the table of the proofs', () => {
  it.each<readonly [string, Row[], RegExp]>([
    ['a suite that reported nothing', [], /race: MISSING/],
    ['a violation', [row({ violations: 1 })], /race, a variant: 1 violations/],
    ['a suite that ran nothing', [row({ runs: 0 })], /ran nothing/],
    ['a suite that is not in the list', [row(), row({ suite: 'other' })], /other: reported/],
    ['a comparison that finds nothing', [row(), row({ compared: true })], /found nothing/],
  ])('fails by %s', (_, rows, problem) => {
    expect(problemsOf(rows, race)).toEqual([expect.stringMatching(problem)]);
  });

  it('is no failure of ours where what is not ours violates', () => {
    expect(problemsOf([row(), row({ compared: true, violations: 9 })], race)).toEqual([]);
  });

  it('shows apart what is not ours, and replaces nothing but itself', () => {
    const rows = [row({ compared: true, violations: 1_234 }), row({ runs: 56_789 })];
    expect(printed(rows, suites)).toMatch(/\(1,234\)/);
    const written = withTable(page, rows, suites, 'Node 0');
    const counted = tablesOf(written).filter(([suite, variant]) => suite === 'race' && variant === 'a variant');
    expect(counted.map(([, , runs, , violations]) => [runs, violations])).toEqual([
      ['1,000', '(1,234)'],
      ['56,789', '0'],
    ]);
    expect(withTable(written, [], suites, 'Node 0')).toBe(withTable(page, [], suites, 'Node 0'));
    expect(() => withTable('no comments', rows, suites, '')).toThrow('has lost the comments');
  });
});
