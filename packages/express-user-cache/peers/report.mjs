// What the suites counted, as the section of docs/guarantee.md. Every number and version in it comes from the run.

/** @typedef {{ date: string, node: string, redis: string, cores: number, load: number, seconds: number, seed: string }} Machine */

const table = (head, rows) => [
  `| ${head.join(' | ')} |`,
  `| ${head.map((_, index) => (index < 3 ? '---' : '--:')).join(' | ')} |`,
  ...rows.map((row) => `| ${row.join(' | ')} |`),
];

const number = (n) => n.toLocaleString('en-US');
const share = (part, whole) => `${Math.round((100 * part) / whole)} %`;

const sums = (invalidated) =>
  Object.entries(invalidated).map(([way, { alsoGone, left }]) => `${way}: ${number(alsoGone)} / ${number(left)}`);

const withIllFormed = ({ foreign, foreignByIllFormedText }) =>
  foreignByIllFormedText > 0 ? `${number(foreign)} (${foreignByIllFormedText})` : number(foreign);

/**
 * @param {object[]} lines what the suites recorded
 * @param {Machine} machine
 * @returns {string} Markdown
 */
export function report(lines, machine) {
  const about = new Map(lines.filter(({ suite }) => suite === 'about').map((line) => [line.name, line]));
  // The baseline is no package; its client is what has a version.
  const version = (name) => about.get(name).versions[0].replace(`${name} `, '');
  const of = (suite) => lines.filter((line) => line.suite === suite);
  const who = ({ name, configuration }) => [name, isOurs(name) ? 'this one' : version(name), configuration];
  const isOurs = (name) => name === 'express-user-cache';

  const race = table(
    ['Library', 'Version', 'Configuration', 'Reads', 'Without a load', 'Stale', 'Latest, ms', 'Foreign'],
    of('race').map((line) => [
      ...who(line),
      number(line.reads),
      share(line.reads - line.loads, line.reads),
      number(line.stale),
      line.stale > 0 ? number(line.longest) : '',
      number(line.foreign),
    ]),
  );
  const collision = table(
    [
      'Library',
      'Version',
      'Configuration',
      'Pairs',
      'Shared, keys by the library',
      'Shared, keys by hand',
      'Invalidating a user: also gone / left',
    ],
    of('collision').map((line) => {
      const byLibrary = about.get(line.name).configurations[line.configuration] === 'library';
      return [
        ...who(line),
        number(line.pairs),
        byLibrary ? withIllFormed(line) : '',
        byLibrary ? '' : withIllFormed(line),
        sums(line.invalidated).join('; '),
      ];
    }),
  );
  const sharers = new Map();
  for (const { name, configuration, example } of of('collision').filter(({ example }) => example)) {
    const pair = example.map(inCode).join(' and ');
    sharers.set(pair, [...(sharers.get(pair) ?? []), `${name} (${configuration})`]);
  }
  const examples = [...sharers].map(([pair, names]) => `- ${pair} share an entry in ${names.join(', ')}.`);
  const desync = table(
    ['Library', 'Version', 'Configuration', 'Faults', 'Of them leaked', 'Reads', 'Without a load', 'Foreign'],
    of('desync').map((line) => [
      ...who(line),
      number(line.faults),
      number(line.faultsThatLeaked),
      number(line.reads),
      share(line.reads - line.loads, line.reads),
      number(line.foreign),
    ]),
  );
  const olderNode = [...about.values()].filter(({ node }) => major(node) > major(machine.node));

  return [
    `Run on ${machine.date} with Node ${machine.node} and Redis ${machine.redis} on a machine of ${machine.cores} cores (load average ${machine.load.toFixed(1)} before it began), ${machine.seconds} s for each race and each set of faults, seed ${machine.seed}.`,
    ...olderNode.map(({ name, node }) => `${name} asks for Node ${node}; this was run on an older one.`),
    'Repeat it with `npm run prove:peers` (`-- --seconds 20`, `-- --only bentocache`); the other libraries are installed by that command only. [The adapters](../packages/express-user-cache/peers/adapters) are short, and written as the documentation of each library tells its users to cache what belongs to a user.',
    '**If an adapter does not use your library as it should be used, tell us (issue or pull request) and we will run it again and correct this page.**',
    '### Race',
    'Four processes of 15 clients read and write rows of eight users; a write invalidates as the library documents. _Stale_: a read that began after a write and its invalidation had resolved, and returned what was before them. _Latest_: how long they had been resolved by then, at most. _Without a load_: reads for which the database was not asked. We found no promise in the documentation of the other libraries that a read after an invalidation returns nothing older, so a number here is no bug of theirs; it is what an application must reckon with. What is stale in Redis stays there until the next invalidation or its TTL; these rows change many times a second, which keeps _Latest_ small.',
    race.join('\n'),
    '### Collision',
    `Users and keys with separators, wildcards and names such as \`__proto__\` in them, each pair against each other. _Shared_: pairs of two users that share an entry; in brackets, how many of them are text that is not well-formed Unicode, which clients make the same bytes. Where a library takes a string, the application joins user and key by hand, and what is shared is the affair of the application, not of the library. _Also gone / left_: entries of other users that went, and entries of this user that stayed, when all of one user was invalidated, summed over all users.`,
    collision.join('\n'),
    'For example, as `[user, [parts of the key]]`:',
    examples.join('\n'),
    '### Desync',
    'One reply of Redis is dropped, sent twice, swapped with the next, or preceded by one that nobody asked for, on a connection that is sound before and after; then eight users read 32 entries each five times over 1.3 s. _Leaked_: faults after which a user was given the value of another user or another key. Clients pair replies with commands by their order, so this is first a property of the client; none of the other libraries promises to find it out. It has happened in production, with other clients.',
    desync.join('\n'),
    '### What to know about each',
    [...about.values()]
      .map(({ name, versions, notes }) =>
        [`- **${name}** (${versions.join(', ')})`, ...notes.map((note) => `  - ${note}`)].join('\n'),
      )
      .join('\n'),
    'The suites ask what we promise, and nothing that the others promise and we do not. They say nothing about speed: how many reads there were depends on what else the machine did.',
  ].join('\n\n');
}

const inCode = (value) => `\`${JSON.stringify(value)}\``;

function major(version = '0') {
  return Number(/\d+/.exec(version)?.[0] ?? 0);
}
