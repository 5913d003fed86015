import { type Control, stampOf } from '../store/admission.js';
import type { Entry, Snapshot } from '../store/store.js';
import type { Copy, Moment } from '../store/tiered/copies.js';
import type { L1 } from '../store/tiered/l1.js';
import { copyOf, foundIn, keep } from './copies.js';
import { type Found, read } from './entries.js';
import { withSalt } from './salt.js';
import type { Bucket, Scope, Target, Tier } from './scope.js';

/** What a look at keys of one bucket saw. */
export interface Seen {
  /** In the order of the keys. */
  readonly answers: readonly (Answer | undefined)[];
  /** The store answered, if it was asked, and what it answered could be opened. */
  readonly reached: boolean;
  /** Absent where the store was not asked, or has no such bucket. */
  readonly control: Control | undefined;
  /** When it was asked: a copy of what is loaded after this look may be kept if nothing was forgotten since. */
  readonly sent: Moment;
}

export interface Answer extends Found {
  readonly tier: Tier;
  /** ms since 1970 */
  readonly expiresAt: number;
}

/** Where nothing is kept, the moment does not matter. */
export const UNKEPT: Moment = { forgettings: 0, at: 0 };

/** Looks for keys of one bucket: in the copies of this process, where there are any, and in the store. */
export const find = (scope: Scope, bucket: Bucket, targets: readonly Target[]): Promise<Seen> =>
  scope.core.l1 ? findNear(scope, scope.core.l1, bucket, targets) : ask(scope, bucket, targets, UNKEPT);

/** One read of the store, and what it holds of these keys; each entry is checked. */
async function ask(scope: Scope, bucket: Bucket, targets: readonly Target[], sent: Moment): Promise<Seen> {
  const names = targets.map(({ path }) => path.entry);
  let snapshot: Snapshot<Entry> | undefined;
  try {
    snapshot = await scope.core.store.read(bucket.tag, names);
  } catch (error) {
    scope.failed('read', error);
  }
  scope.bucket();
  const own = snapshot && scope.core.salts ? await withSalt(scope, bucket, snapshot.control) : bucket;
  if (!snapshot || !own) return { answers: [], reached: false, control: undefined, sent };
  const { control, entries } = snapshot;
  const answers: (Answer | undefined)[] = [];
  let index = 0;
  for (const target of targets) {
    const entry = entries[index++];
    const reading = read(scope, own, target, entry);
    // Without a promise there is nothing to wait for, and a wait costs as much as the rest.
    const stored = reading instanceof Promise ? await reading : reading;
    // Copied by hand, as everything on the way of a hit: a spread costs as much as all the rest.
    answers.push(stored && { value: stored.value, frozen: stored.frozen, tier: 'store', expiresAt: stored.expiresAt });
    if (stored && target.policy.l1 !== 'off')
      keep(scope, bucket, target, { ...stored, entry, stamp: stampOf(control), sent });
  }
  return { answers, reached: true, control, sent };
}

interface Question {
  readonly target: Target;
  readonly copy: Copy | undefined;
  answer?: Answer | undefined;
}

/**
 * Asks the copies of this process, then the store: **a copy is current if it is from under the control string that the
 * store answers**, so one read proves any number of them. A second one is sent for copies that are not current.
 */
async function findNear(scope: Scope, l1: L1, bucket: Bucket, targets: readonly Target[]): Promise<Seen> {
  const sent = l1.copies.now();
  const questions: Question[] = targets.map((target) => ({ target, copy: copyOf(scope, bucket, target) }));
  const unanswered = (): Question[] => questions.filter(({ answer }) => !answer);

  const takeCopies = async (current: (copy: Copy, target: Target) => boolean): Promise<void> => {
    for (const question of unanswered()) {
      const { copy, target } = question;
      if (!copy || !current(copy, target)) continue;
      const found = await foundIn(copy, scope, bucket, target);
      if (found) question.answer = { ...found, tier: 'l1', expiresAt: copy.expiresAt };
    }
  };
  const askFor = async (asked: readonly Question[]): Promise<Seen> => {
    const seen = await ask(
      scope,
      bucket,
      asked.map(({ target }) => target),
      sent,
    );
    for (const [index, question] of asked.entries()) question.answer = seen.answers[index];
    return seen;
  };
  const seen = (reached: boolean, control?: Control): Seen => ({
    answers: questions.map(({ answer }) => answer),
    reached,
    control,
    sent,
  });

  await takeCopies((copy, { policy }) => policy.l1 === 'bounded' && l1.proof?.covers(copy) === true);
  const open = unanswered();
  if (open.length === 0) return seen(true);
  const { reached, control } = await askFor(open.filter(({ copy }) => !copy));
  if (!reached) return seen(false);
  if (unanswered().every(({ copy }) => !copy)) return seen(true, control);
  await takeCopies((copy) => {
    if (copy.control !== control) return false;
    copy.provenAt = sent.at;
    return true;
  });
  const outdated = unanswered().filter(({ copy }) => copy);
  for (const { target } of outdated) l1.copies.discard(bucket.tag, target.path.entry);
  // A bucket that is gone has no entries either.
  if (outdated.length === 0 || control === undefined) return seen(true, control);
  const again = await askFor(outdated);
  return seen(again.reached, again.control);
}
