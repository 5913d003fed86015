// What the proofs counted, as a table: in a terminal, and between two comments of docs/guarantee.md.

const BEGIN = '<!-- proofs: written by `npm run prove` -->';
const END = '<!-- /proofs -->';

/** Lines in the order of the suites. */
const sorted = (rows, suites) => suites.flatMap(({ suite }) => rows.filter((row) => row.suite === suite));

const count = (number) => number.toLocaleString('en-US');
const cells = ({ suite, variant, runs, faults, violations, compared, seconds, seed }) => [
  suite,
  variant,
  count(runs),
  count(faults),
  // Not ours: what it must do is fail.
  compared ? `(${count(violations)})` : count(violations),
  String(seconds),
  seed === null ? '' : String(seed),
];
const HEAD = ['suite', 'variant', 'runs', 'faults', 'violations', 'seconds', 'seed'];

/** What keeps these lines from being a proof: a suite that said nothing, ran nothing or counted a violation. */
export function problemsOf(rows, suites) {
  const missing = suites
    .filter(({ suite }) => !rows.some((row) => row.suite === suite))
    .map(({ suite }) => `${suite}: MISSING, it reported nothing`);
  const unknown = rows
    .filter((row) => !suites.some(({ suite }) => suite === row.suite))
    .map(({ suite }) => `${suite}: reported, and is not in scripts/suites.mjs`);
  const violated = rows
    .filter(({ violations, compared }) => violations > 0 && !compared)
    .map(({ suite, variant, violations }) => `${suite}, ${variant}: ${violations} violations`);
  const empty = rows.filter(({ runs }) => runs === 0).map(({ suite, variant }) => `${suite}, ${variant}: ran nothing`);
  // A comparison that finds nothing shows that the suite finds nothing.
  const blind = rows
    .filter(({ violations, compared }) => compared && violations === 0)
    .map(({ suite, variant }) => `${suite}, ${variant}: found nothing in what must fail`);
  return [...missing, ...unknown, ...violated, ...empty, ...blind];
}

/** For a terminal. */
export function printed(rows, suites) {
  const lines = [HEAD, ...sorted(rows, suites).map(cells)];
  const widths = HEAD.map((_, column) => Math.max(...lines.map((line) => line[column].length)));
  return lines
    .map((line) =>
      line
        .map((cell, column) => cell.padEnd(widths[column]))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

const table = (head, lines) =>
  [head, head.map(() => '---'), ...lines].map((line) => `| ${line.join(' | ')} |`).join('\n');

const NOT_RUN = ['not run yet', '', '', '', '', ''];

/** The page with what the suites show, and what they counted. */
export function withTable(text, rows, suites, versions) {
  const [begin, end] = [text.indexOf(BEGIN), text.indexOf(END)];
  if (begin < 0 || end < begin) throw new Error(`docs/guarantee.md has lost the comments ${BEGIN} and ${END}`);
  const counted = suites.flatMap(({ suite }) => {
    const own = rows.filter((row) => row.suite === suite);
    return own.length > 0 ? own.map(cells) : [[suite, ...NOT_RUN]];
  });
  const parts = [
    BEGIN,
    table(
      ['suite', 'without a violation it shows'],
      suites.map(({ suite, shows }) => [suite, shows]),
    ),
    table(HEAD, counted),
    versions,
    END,
  ];
  return text.slice(0, begin) + parts.join('\n\n') + text.slice(end + END.length);
}
