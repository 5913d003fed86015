import { textOf } from '../entry/codec.js';
import type { Flight } from '../load/flights.js';
import { isInsideLoad } from '../load/inside.js';
import { loadTimeout, Run } from '../load/run.js';
import { settledWithin } from '../load/waiting.js';
import { milliseconds, type Ttl } from '../policy/duration.js';
import { type Control, stampOf } from '../store/admission.js';
import type { Moment } from '../store/tiered/copies.js';
import { keep } from './copies.js';
import { fill, parse } from './entries.js';
import { oneEverywhere } from './everywhere.js';
import { type Seen, UNKEPT } from './find.js';
import { withSalt } from './salt.js';
import type { Bucket, Result, Scope, Target } from './scope.js';
import type { Terms } from './terms.js';

/** What a load is told, and may decide about its own result. */
export interface LoadContext {
  /** Fires at `timeout.hard`, with `ERR_UC_LOAD_TIMEOUT` as its reason; never because readers have gone: others may join. */
  readonly signal: AbortSignal;
  /** Stores the result for this long instead. */
  readonly ttl: (ttl: Ttl) => void;
  /** Returns the result without storing it. */
  readonly skip: () => void;
}

export type Load = (context: LoadContext) => unknown;

/** What a load starts under. */
export interface Start {
  /** Absent for nobody. */
  readonly bucket: Bucket | undefined;
  /** Absent where the store could not say. */
  readonly control: Control | undefined;
  readonly sent: Moment;
}

/** What a load may start under after a look that found nothing. */
export async function startAfter(scope: Scope, bucket: Bucket | undefined, seen: Seen | undefined): Promise<Start> {
  if (!bucket || !seen?.reached) return { bucket, control: undefined, sent: seen?.sent ?? UNKEPT };
  const { sent } = seen;
  let { control } = seen;
  if (stampOf(control) === undefined) {
    // No bucket yet, or a hold stands, which may be a dead writer's: the store opens the one and lifts the other.
    control = await scope.attempt('open', () => scope.core.store.open(bucket.tag));
    scope.bucket();
  }
  const own = scope.core.salts ? await withSalt(scope, bucket, control) : bucket;
  return own ? { bucket: own, control, sent } : { bucket, control: undefined, sent };
}

/** A load that this call leads or joined. */
export interface Loading {
  readonly led: boolean;
  /** `undefined` where there is no value. */
  readonly result: Promise<Result | undefined>;
}

/** Runs a load, or joins one that is in flight and may be joined; its result is stored if nothing was invalidated meanwhile. */
export function loading(scope: Scope, target: Target, start: Start, load: Load, terms: Terms): Loading {
  const { bucket, control, sent } = start;
  const stamp = stampOf(control);
  const bring = async (run: Run): Promise<Result | undefined> => {
    const { text, ...decided } = await call(scope, target, run, load, terms.ttl).finally(() => {
      // Before anything is stored, and before anyone who joined sees it or its error: the load may have run for somebody else.
      scope.bucket();
    });
    if (text === undefined) return undefined;
    const parsed = await parse(target, text);
    if (bucket && stamp !== undefined && !decided.skipped) {
      const stored = (expiresAt: number): void => {
        keep(scope, bucket, target, { ...parsed, bytes: text.length, expiresAt, stamp, sent });
      };
      const filling = { ...parsed, text, ttl: decided.ttl, grace: terms.grace, stamp, supersedes: false, stored };
      await scope.attempt('fill', () => fill(scope, bucket, target, filling));
    }
    return { ...parsed, text };
  };
  const begin = (): Flight<Result> => {
    const run = runOf(scope, target, start, terms);
    const work = (): Promise<Result | undefined> => bring(run);
    // Before its turn: who has one must not wait for a process that waits for one.
    const waits = target.policy.singleFlight === 'everywhere' && bucket && stamp !== undefined && !isInsideLoad();
    const result = run.bounded(waits ? () => oneEverywhere(scope, { bucket, target, stamp, sent }, run, work) : work);
    return { result, hurry: run.hurry };
  };
  return join(scope, target, start, terms, begin);
}

function join(
  scope: Scope,
  { path, policy }: Target,
  { bucket, control }: Start,
  { hard }: Terms,
  begin: () => Flight<Result>,
): Loading {
  const { loads, loadsWithoutStore, timers } = scope.core;
  if (!bucket) return { led: true, result: begin().result };
  // Who waits longer does not share the end of who waits less.
  const bounds = hard === undefined ? '' : `\n${hard}`;
  if (control !== undefined) return loads.join(bucket.tag, `${path.entry}\n${control}` + bounds, begin);
  const { led, result } = loadsWithoutStore.join(bucket.tag, path.entry + bounds, async () => {
    // The lane may have kept it waiting.
    scope.bucket();
    return begin().result;
  });
  // Its deadline begins with it, a reader's when it asks.
  return { led, result: settledWithin(timers, hard, result, () => loadTimeout(policy.namespace)) };
}

function runOf(
  { core: { slots, timers } }: Scope,
  { policy }: Target,
  { bucket, control }: Start,
  { hard }: Terms,
): Run {
  const { namespace, concurrency } = policy;
  return new Run({
    timers,
    namespace,
    hard,
    slots: concurrency === undefined ? undefined : slots.get(namespace),
    marked: slots.size > 0 || policy.singleFlight === 'everywhere' || (bucket !== undefined && control === undefined),
  });
}

/** What the application's load makes of it. */
async function call(
  scope: Scope,
  { policy: { namespace, codec, eager } }: Target,
  run: Run,
  load: Load,
  ttl: number,
): Promise<{ text: string | undefined; ttl: number; skipped: boolean }> {
  const { eagerness, settings } = scope.core;
  const decided = { ttl, skipped: false };
  const context: LoadContext = {
    get signal() {
      return run.signal;
    },
    ttl: (other) => {
      decided.ttl = milliseconds(other, namespace);
    },
    skip: () => {
      decided.skipped = true;
    },
  };
  let began = 0;
  const value = await run.call(() => {
    // It may have waited for its turn.
    if (run.waited) scope.bucket();
    if (eager !== undefined) began = settings.now();
    return load(context);
  });
  if (eager !== undefined) eagerness.get(namespace)?.took(settings.now() - began);
  return { ...decided, text: value === undefined ? undefined : textOf(value, codec, namespace) };
}
