import { randomBytes } from 'node:crypto';
import type { Run } from '../load/run.js';
import type { Timers } from '../load/timers.js';
import { type Stamp, stampOf } from '../store/admission.js';
import type { LeaseAnswer } from '../store/store.js';
import type { Moment } from '../store/tiered/copies.js';
import { keep } from './copies.js';
import { read } from './entries.js';
import { withSalt } from './salt.js';
import type { Bucket, Result, Scope, Target } from './scope.js';

/** How long a lease outlives the process that holds it, in ms; renewed while its load runs. */
const LEASE_MS = 2_000;
/** No load keeps other processes waiting longer, in ms: one that hangs must not hang them all. */
const MOST_MS = 30_000;
/** Between two looks of who waits, in ms: an eighth of the wait so far, within these. */
const PAUSE_MS = { least: 5, most: 40 };

/** Where a load is one of many processes'. */
interface Place {
  readonly bucket: Bucket;
  readonly target: Target;
  readonly stamp: Stamp;
  readonly sent: Moment;
}

/**
 * Runs `bring` in one process at a time for a path and a control string: the first takes a lease, the others wait for what
 * it stores. **A lease is no more than a reason to wait**: who waits returns only what its own read of the store finds
 * after it, and whoever finds neither entry nor lease loads. The control string is part of the lease, so nobody waits for a
 * load from before an invalidation.
 */
export async function oneEverywhere(
  scope: Scope,
  place: Place,
  run: Run,
  bring: () => Promise<Result | undefined>,
): Promise<Result | undefined> {
  const { core } = scope;
  const { bucket, target, stamp } = place;
  const id = randomBytes(9).toString('base64url');
  const ask = (ms: number, waited: boolean): Promise<LeaseAnswer | undefined> =>
    scope.attempt('lease', async () =>
      core.store.lease?.(bucket.tag, { name: target.path.entry, stamp, id, ms, waited }),
    );
  const began = performance.now();
  for (let waited = false; ; waited = true) {
    const elapsed = performance.now() - began;
    const answer = elapsed < MOST_MS ? await ask(LEASE_MS, waited) : 'free';
    // Also where the lease is free or ours: its last holder has stored before it ended the lease.
    const found = answer && (await stored(scope, place));
    if (found === undefined && answer === 'held' && !run.isLate) {
      await pause(core.timers, elapsed);
      continue;
    }
    const stop = answer === 'taken' ? renewing(core.timers, run, () => ask(LEASE_MS, false)) : undefined;
    try {
      if (found !== undefined) return found;
      // It has waited: for the lease, and for others.
      scope.bucket();
      return await bring();
    } finally {
      stop?.();
      if (answer === 'taken') void ask(0, false);
    }
  }
}

/** The entry, if another process has stored it. */
async function stored(scope: Scope, { bucket, target, sent }: Place): Promise<Result | undefined> {
  const snapshot = await scope.attempt('read', () => scope.core.store.read(bucket.tag, [target.path.entry]));
  scope.bucket();
  if (!snapshot) return undefined;
  const [entry] = snapshot.entries;
  const own = scope.core.salts ? await withSalt(scope, bucket, snapshot.control) : bucket;
  const found = own && (await read(scope, own, target, entry));
  scope.bucket();
  if (found) keep(scope, bucket, target, { ...found, entry, stamp: stampOf(snapshot.control), sent });
  return found;
}

/** Renews the lease until it is told to stop, or its load has been given up. */
function renewing(timers: Timers, run: Run, renew: () => Promise<unknown>): () => void {
  const end = performance.now() + MOST_MS;
  const next = (): ReturnType<Timers['alarm']> =>
    timers.alarm(LEASE_MS / 4, () => {
      if (run.isLate || performance.now() > end) return;
      void renew();
      alarm = next();
    });
  let alarm = next();
  return () => {
    alarm.off();
  };
}

function pause(timers: Timers, elapsed: number): Promise<void> {
  // Of few lengths, so that all who wait share their timers.
  const ms = Math.min(PAUSE_MS.most, PAUSE_MS.least * Math.max(1, Math.round(elapsed / 8 / PAUSE_MS.least)));
  return new Promise((resolve) => {
    timers.alarm(ms, resolve);
  });
}
