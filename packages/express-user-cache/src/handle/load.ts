import { textOf } from '../entry/codec.js';
import { graceOf, milliseconds, type Ttl } from '../policy/duration.js';
import type { Policy } from '../policy/namespaces.js';
import { type Control, stampOf } from '../store/admission.js';
import type { Moment } from '../store/tiered/copies.js';
import { keep } from './copies.js';
import { fill, parse } from './entries.js';
import { type Seen, UNKEPT } from './find.js';
import { withSalt } from './salt.js';
import type { Bucket, Result, Scope, Target } from './scope.js';

/** What a load may decide about its own result. */
export interface LoadContext {
  /** Stores the result for this long instead. */
  readonly ttl: (ttl: Ttl) => void;
  /** Returns the result without storing it. */
  readonly skip: () => void;
}

export type Load = (context: LoadContext) => unknown;

export interface EntryOptions {
  /** Instead of the namespace's. */
  readonly ttl?: Ttl;
  /** Instead of the namespace's: how long after its TTL the entry may be served where its load throws; 0 for not at all. */
  readonly grace?: Ttl;
}

/** How long an entry lives, and how long it is kept after that, in ms. */
export interface Lifetime {
  readonly ttl: number;
  readonly grace: number;
}

/** @throws {UserCacheTypeError} `ERR_UC_BAD_TTL` */
export const lifetime = ({ policy }: Target, options: EntryOptions | undefined): Lifetime =>
  options === undefined
    ? policy
    : {
        ttl: options.ttl === undefined ? policy.ttl : milliseconds(options.ttl, policy.namespace),
        grace: options.grace === undefined ? policy.grace : graceOf(options.grace, policy.namespace),
      };

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
export function loading(scope: Scope, target: Target, start: Start, load: Load, { ttl, grace }: Lifetime): Loading {
  const { bucket, control, sent } = start;
  const stamp = stampOf(control);
  const work = async (): Promise<Result | undefined> => {
    const { text, ...decided } = await run(load, ttl, target.policy).finally(() => {
      // Before anything is stored, and before anyone who joined sees it or its error: the load may have run for somebody else.
      scope.bucket();
    });
    if (text === undefined) return undefined;
    const parsed = await parse(target, text);
    if (bucket && stamp !== undefined && !decided.skipped) {
      const stored = (expiresAt: number): void => {
        keep(scope, bucket, target, { ...parsed, bytes: text.length, expiresAt, stamp, sent });
      };
      const filling = { ...parsed, text, ttl: decided.ttl, grace, stamp, supersedes: false, stored };
      await scope.attempt('fill', () => fill(scope, bucket, target, filling));
    }
    return { ...parsed, text };
  };
  return join(scope, target, start, work);
}

function join(
  scope: Scope,
  { path }: Target,
  { bucket, control }: Start,
  work: () => Promise<Result | undefined>,
): Loading {
  const { loads, loadsWithoutStore } = scope.core;
  if (!bucket) return { led: true, result: work() };
  if (control !== undefined) return loads.join(bucket.tag, `${path.entry}\n${control}`, work);
  return loadsWithoutStore.join(bucket.tag, path.entry, async () => {
    // It may have waited for its turn.
    scope.bucket();
    return work();
  });
}

async function run(
  load: Load,
  ttl: number,
  { namespace, codec }: Policy,
): Promise<{ text: string | undefined; ttl: number; skipped: boolean }> {
  const decided = { ttl, skipped: false };
  const value: unknown = await load({
    ttl: (other) => {
      decided.ttl = milliseconds(other, namespace);
    },
    skip: () => {
      decided.skipped = true;
    },
  });
  return { ...decided, text: value === undefined ? undefined : textOf(value, codec, namespace) };
}
