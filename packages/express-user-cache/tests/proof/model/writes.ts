import { deferred } from '../../support/held.js';
import type { Certain } from './certainty.js';
import { type Call, keyAt, prefixesAt, SHORT_TTL, ttlOf } from './program.js';
import type { Objection } from './reads.js';
import type { Prefixes, Value } from './reference.js';
import { type Made, type Stage, WorkError } from './stage.js';

/** So long a hold stands. */
const HOLD_MS = 30_000;

/** What a write came to. */
interface Written {
  /** What began before this is not to be read any more. */
  readonly before: number;
  readonly stored?: Certain | undefined;
  readonly failure?: WorkError | undefined;
}

export async function set(stage: Stage, made: Made, { key, ttl: given }: Call & { do: 'set' }): Promise<void> {
  const { reference, clock } = stage;
  const { actor, reading, values } = made;
  const { user, process } = actor;
  const ttl = ttlOf(key, given);
  const { value, id } = reference.add({ user, key, what: 'value', began: Infinity, mayBeStored: user !== undefined });
  values.push(value);
  await writing(stage, made, [keyAt(key)], async () => {
    await actor.own.set(keyAt(key), { id }, { ttl });
    value.diesAt = clock.now() + ttl;
    return { before: reading.at, stored: { value, process, livesUntil: reading.clock + ttl } };
  });
}

export async function writeThrough(stage: Stage, made: Made, call: Call & { do: 'writeThrough' }): Promise<Objection> {
  const { key, outcome } = call;
  const { actor, reading, values } = made;
  const ttl = ttlOf(key, outcome === 'ttl' ? SHORT_TTL : undefined);
  const write = timed(stage, () => stage.work(call, key, made, true));
  let returned: unknown;
  await writing(stage, made, [keyAt(key)], async () => {
    const failure = await failureOf(async () => {
      returned = await actor.own.writeThrough(keyAt(key), write.run, { ttl });
    });
    const [value] = values;
    if (value) value.diesAt = stage.clock.now() + ttl;
    const isStored = value?.mayBeStored === true && failure === undefined;
    const stored = isStored ? { value, process: actor.process, livesUntil: reading.clock + ttl } : undefined;
    return { before: write.ended(), failure, stored };
  });
  return unlessWritten(stage, returned, values);
}

export async function mutate(stage: Stage, made: Made, call: Call & { do: 'mutate' }): Promise<Objection> {
  const { certainty, clock, reference } = stage;
  const { actor, reading, values } = made;
  const { user, process, own } = actor;
  const prefixes = prefixesAt(call.prefixes);
  const death = deferred<'dead'>();
  const { drops } = certainty;
  const write = timed(stage, () => stage.work(call, 0, made, false));
  const run = async (): Promise<unknown> => {
    const written = await write.run();
    if (!call.dies) return written;
    death.resolve('dead');
    return new Promise<never>(() => undefined);
  };
  let returned: unknown;
  await writing(stage, made, prefixes, async () => {
    const failure = await failureOf(async () => {
      returned = await Promise.race([own.mutate(prefixes, run), death.promise]);
    });
    if (returned !== 'dead') return { before: write.ended(), failure };
    made.isDead = true;
    // A hold is lost with the rest of what is kept of a user, and does not outlast every write.
    const isHeld = certainty.drops === drops && clock.now() - reading.clock < HOLD_MS;
    if (user !== undefined && isHeld) {
      reference.promise({ user, process, prefixes, before: write.ended(), dead: true });
    }
    return undefined;
  });
  return made.isDead ? undefined : unlessWritten(stage, returned, values);
}

export async function forget(
  stage: Stage,
  made: Made,
  prefixes: Prefixes,
  invalidate: () => Promise<void>,
): Promise<void> {
  await writing(stage, made, prefixes, async () => {
    await invalidate();
    return { before: made.reading.at };
  });
}

/**
 * Whatever invalidates: what is promised once it has ended, and what is certain where nothing came in between. `undefined`
 * where it never ends.
 */
async function writing(
  { certainty, reference }: Stage,
  { actor: { user, process } }: Made,
  prefixes: Prefixes,
  write: () => Promise<Written | undefined>,
): Promise<void> {
  const writing = user === undefined ? undefined : certainty.writing(user, prefixes);
  const unsought = user === undefined ? undefined : certainty.unsought(user);
  let goesOn = false;
  try {
    const written = await write();
    goesOn = written === undefined;
    if (!written) return;
    const { before, stored, failure } = written;
    if (user !== undefined) reference.promise({ user, process, prefixes, before, except: stored?.value });
    if (user !== undefined && stored && writing?.alone() && unsought?.(stored.value.key)) {
      certainty.stored(user, stored.value.key, stored);
    }
    if (failure) throw failure;
  } finally {
    if (!goesOn) writing?.end();
  }
}

/** A write, and when it ended by the time of the reference. */
function timed<T>({ reference }: Stage, work: () => Promise<T>): { run: () => Promise<T>; ended: () => number } {
  let ended = 0;
  const run = async (): Promise<T> => {
    try {
      return await work();
    } finally {
      ended = reference.time();
    }
  };
  return { run, ended: () => ended };
}

async function failureOf(work: () => Promise<void>): Promise<WorkError | undefined> {
  try {
    await work();
    return undefined;
  } catch (error) {
    if (error instanceof WorkError) return error;
    throw error;
  }
}

function unlessWritten(stage: Stage, returned: unknown, [value]: readonly Value[]): Objection {
  const written = value?.what === 'value' ? value : undefined;
  return stage.valueOf(returned)?.value === written ? undefined : 'returned what it did not write';
}
