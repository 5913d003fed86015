import { stringify } from '../entry/json.js';
import { UserCacheError } from '../errors.js';
import { graceOf, milliseconds, type Ttl } from '../policy/duration.js';
import { stampOf } from '../store/admission.js';
import type { Moment } from '../store/tiered/copies.js';
import { keep } from './copies.js';
import { fill, type Found, parse } from './entries.js';
import { type Answer, find, UNKEPT } from './find.js';
import { inGrace } from './grace.js';
import type { Bucket, Outcome, Scope, Target } from './scope.js';

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
export const lifetime = ({ policy }: Target, { ttl, grace }: EntryOptions): { ttl: number; grace: number } => ({
  ttl: ttl === undefined ? policy.ttl : milliseconds(ttl, policy.namespace),
  grace: grace === undefined ? policy.grace : graceOf(grace, policy.namespace),
});

export async function getMany(scope: Scope, keys: readonly unknown[]): Promise<unknown[]> {
  const targets = keys.map((key) => scope.target(key));
  const bucket = scope.bucket();
  const seen = bucket && targets.length > 0 ? await find(scope, bucket, targets) : undefined;
  const values = targets.map((target, index) => {
    const answer = seen?.answers[index];
    scope.report(answer ? 'hit' : seen?.reached ? 'miss' : 'bypass', target, answer?.tier);
    return answer?.value;
  });
  scope.bucket();
  return values;
}

/** Cache-aside: the entry, or what `load` resolves to, stored if nothing was invalidated meanwhile. */
export async function getOrSet(scope: Scope, key: unknown, load: Load, options: EntryOptions = {}): Promise<unknown> {
  const target = scope.target(key);
  const { namespace } = target.policy;
  const { ttl, grace } = lifetime(target, options);
  for (;;) {
    const look = await lookUp(scope, target);
    scope.report(look.outcome, target, look.found?.tier);
    if (look.found) return look.found.value;

    let own: Found | undefined;
    const start = async (): Promise<string | undefined> => {
      const { text, ...decided } = await run(load, ttl, namespace);
      // Before anything is stored, and before anyone who joined sees it: the load may have run for somebody else.
      scope.bucket();
      if (text === undefined) return undefined;
      const parsed = await parse(target, text);
      own = parsed;
      const { bucket, stamp, sent } = look;
      if (bucket && stamp !== undefined && !decided.skipped) {
        await scope.attempt('fill', () =>
          fill(scope, bucket, target, {
            text,
            ttl: decided.ttl,
            grace,
            stamp,
            supersedes: false,
            stored: (expiresAt) => {
              keep(scope, bucket, target, { ...parsed, text, expiresAt, stamp, sent });
            },
          }),
        );
      }
      return text;
    };
    const { led, text } = join(scope, target, look, start);
    try {
      const loaded = await text;
      scope.bucket();
      return loaded === undefined ? undefined : (own ?? (await parse(target, loaded))).value;
    } catch (error) {
      // The request that led the load changed its owner; this one did not, so it loads for itself.
      if (!led && error instanceof UserCacheError && error.code === 'ERR_UC_OWNER_CHANGED') continue;
      const expired = await inGrace(scope, target, grace, error);
      if (expired) return expired.value;
      throw error;
    }
  }
}

function join(
  scope: Scope,
  { path }: Target,
  { bucket, control }: Look,
  start: () => Promise<string | undefined>,
): { led: boolean; text: Promise<string | undefined> } {
  const { loads, loadsWithoutStore } = scope.core;
  if (!bucket) return { led: true, text: start() };
  if (control !== undefined) return loads.join(bucket.tag, `${path.entry}\n${control}`, start);
  return loadsWithoutStore.join(bucket.tag, path.entry, async () => {
    // It may have waited for its turn.
    scope.bucket();
    return start();
  });
}

interface Look {
  readonly outcome: Outcome;
  readonly found?: Answer;
  readonly sent: Moment;
  readonly bucket?: Bucket;
  /** Absent where the store could not say. */
  readonly control?: string | undefined;
  readonly stamp?: string | undefined;
}

/** One read; on a miss also the control string that a load may start under. */
async function lookUp(scope: Scope, target: Target): Promise<Look> {
  const bucket = scope.bucket();
  if (!bucket) return { outcome: 'bypass', sent: UNKEPT };
  const { answers, reached, sent, ...seen } = await find(scope, bucket, [target]);
  scope.bucket();
  const [found] = answers;
  if (found) return { outcome: 'hit', found, sent };
  if (!reached) return { outcome: 'bypass', bucket, sent };
  let { control } = seen;
  if (stampOf(control) === undefined) {
    // No bucket yet, or a hold stands, which may be a dead writer's: the store opens the one and lifts the other.
    control = await scope.attempt('open', () => scope.core.store.open(bucket.tag));
    scope.bucket();
  }
  return { outcome: 'miss', bucket, control, stamp: stampOf(control), sent };
}

async function run(
  load: Load,
  ttl: number,
  namespace: string,
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
  return { ...decided, text: value === undefined ? undefined : stringify(value, namespace) };
}
