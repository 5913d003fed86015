// One fault in the replies of Redis on a connection that is otherwise sound, and what users are then given; again and again.
import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { faultProxy } from '../../dist/testing/index.js';
import { open } from './open.mjs';

const { url, adapter, configuration, milliseconds } = JSON.parse(process.argv[2]);

const FAULTS = ['drop', 'duplicate', 'swap', 'inject'];
const USERS = ['alice', 'bob', 'carol', 'dave', 'erin', 'frank', 'grace', 'heidi'];
const KEYS = ['a', 'b', 'c', 'd'];
const rows = USERS.flatMap((user) => KEYS.map((key) => ({ user, parts: ['conversation', key] })));
/**
 * How long before each round of reads, in ms: at once, soon, and late enough that a client which found out has a sound
 * connection again and uses it.
 */
const PAUSES = [0, 50, 50, 1_200, 50];
const LANES_PER_FAULT = 3;
/** A read that waits for a reply that never comes is given up after so many ms. */
const PATIENCE = 150;

const counts = { faults: 0, reads: 0, loads: 0, answers: 0, foreign: 0, faultsThatLeaked: 0, unanswered: 0, errors: 0 };
const leaked = Object.fromEntries(FAULTS.map((fault) => [fault, 0]));

// Clients may throw where nobody can catch it when a reply is nobody's; that ends processes, and leaks nothing.
process.on('uncaughtException', () => (counts.errors += 1));

const nameOf = (user, parts) => `${user} ${parts.join(' ')}`;

/** Whether a user was given what is not what was asked for. */
async function isForeign(cache, { user, parts }) {
  counts.reads += 1;
  const late = Symbol('late');
  try {
    const value = await Promise.race([cache.read(user, parts), pause(PATIENCE, late, { ref: false })]);
    if (value === late) counts.unanswered += 1;
    else if (value?.name === undefined) counts.errors += 1;
    else {
      counts.answers += 1;
      return value.name !== nameOf(user, parts);
    }
  } catch {
    counts.errors += 1;
  }
  return false;
}

async function episode(fault) {
  let warm = false;
  const load = (user, parts) => {
    if (warm) counts.loads += 1;
    return Promise.resolve({ name: nameOf(user, parts) });
  };
  const proxy = await faultProxy({ to: url });
  const around = { url: proxy.url, app: randomUUID().slice(0, 8), configuration, patience: PATIENCE / 3, load };
  const cache = await open(adapter, around);
  for (const { user, parts } of rows) await cache.read(user, parts);
  warm = true;
  proxy.next(fault);
  let foreign = 0;
  for (const wait of PAUSES) {
    await pause(wait);
    const given = await Promise.all(rows.map((row) => isForeign(cache, row)));
    foreign += given.filter(Boolean).length;
  }
  counts.faults += 1;
  counts.foreign += foreign;
  if (foreign > 0) {
    counts.faultsThatLeaked += 1;
    leaked[fault] += 1;
  }
  await Promise.race([cache.close(), pause(PATIENCE)]).catch(() => undefined);
  await proxy.close();
}

const end = performance.now() + milliseconds;
const lanes = Array.from({ length: FAULTS.length * LANES_PER_FAULT }, async (_, lane) => {
  const fault = FAULTS[lane % FAULTS.length];
  do await episode(fault);
  while (performance.now() < end);
});
try {
  await Promise.all(lanes);
  process.send({ ...counts, leaked }, () => process.exit());
} catch (error) {
  // What fails here is the suite itself; the handler above must not hide it.
  console.error(error);
  process.exit(1);
}
