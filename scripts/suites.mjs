// The proofs, in the order in which docs/guarantee.md shows them. `suite` is the name that the tests give to prove(), or
// that the script gives itself; `shows` is what a run without violations shows.

/** @type {readonly { suite: string, files?: readonly string[], script?: string, shows: string }[]} */
export const suites = [
  {
    suite: 'protocol',
    files: ['tests/protocol/'],
    shows:
      'every interleaving of up to four processes with an eviction and a resent fill, and each rule of the protocol taken out',
  },
  {
    suite: 'model',
    files: ['tests/proof/model'],
    shows: 'random programs of several users and processes do what a model of the guarantee says',
  },
  {
    suite: 'interleavings',
    files: ['tests/proof/interleavings'],
    shows: 'random schedules of every await: loads, replies, messages of the bus, changes of the session',
  },
  {
    suite: 'race',
    files: ['tests/proof/race/'],
    shows: 'four processes over one Redis, whose history is judged read by read; plain cache-aside loses the same race',
  },
  {
    suite: 'crash',
    files: ['tests/proof/crash'],
    shows: 'processes that are killed in the middle of a write leave nothing stale behind',
  },
  {
    suite: 'single flight everywhere',
    files: ['tests/proof/everywhere/'],
    shows: 'one load for all processes that miss a cold key, and one more where the process that loads is killed',
  },
  {
    suite: 'desync',
    files: ['tests/proof/desync'],
    shows: 'replies that are lost, doubled, swapped or injected never show a user what is another’s',
  },
  {
    suite: 'server faults',
    files: ['tests/proof/server-faults'],
    shows: 'a Redis that is paused, cut off, flushed, evicted from, full or restarted',
  },
  {
    suite: 'cluster',
    files: ['tests/proof/cluster'],
    shows: 'a Redis Cluster whose slots move and whose primaries die',
  },
  {
    suite: 'poisoned',
    files: ['tests/proof/poisoned'],
    shows: 'somebody who can write everything in Redis: swaps, truncations, bit flips, foreign buckets, damaged types',
  },
  {
    suite: 'session switch',
    files: ['tests/proof/session-'],
    shows: 'a login, logout or impersonation between any two awaits of a request',
  },
  {
    suite: 'hygiene',
    files: ['tests/proof/hygiene'],
    shows: 'no user, key or value in what is sent, logged, published, warned of or thrown where there is a secret',
  },
  {
    suite: 'keys',
    files: ['tests/key/'],
    shows: 'two keys or users have one name only if they are equal',
  },
  {
    suite: 'guards',
    script: 'guards.mjs',
    shows: 'every guard of the code, switched off alone, makes a named test fail',
  },
];
