import { type Control, stampOf } from '../store/admission.js';
import type { Snapshot } from '../store/store.js';
import type { Copy, Moment } from '../store/tiered/copies.js';
import { copyOf, foundIn, keep } from './copies.js';
import { type Found, read } from './entries.js';
import type { Bucket, Scope, Target, Tier } from './scope.js';

/** What a look at keys of one bucket saw. */
export interface Seen {
  /** In the order of the keys. */
  readonly answers: readonly (Answer | undefined)[];
  /** The store answered, if it was asked. */
  readonly reached: boolean;
  /** Absent where the store was not asked, or has no such bucket. */
  readonly control: Control | undefined;
  /** When it was asked: a copy of what is loaded after this look may be kept if nothing was forgotten since. */
  readonly sent: Moment;
}

export interface Answer extends Found {
  readonly tier: Tier;
}

interface Question {
  readonly target: Target;
  readonly copy: Copy | undefined;
  answer?: Answer | undefined;
}

/** Where nothing is kept, the moment does not matter. */
export const UNKEPT: Moment = { forgettings: 0, at: 0 };

/**
 * Asks the copies of this process, then the store: **a copy is current if it is from under the control string that the
 * store answers**, so one read proves any number of them. A second one is sent for copies that are not current.
 */
export async function find(scope: Scope, bucket: Bucket, targets: readonly Target[]): Promise<Seen> {
  const { l1, store } = scope.core;
  const sent = l1?.copies.now() ?? UNKEPT;
  const questions: Question[] = targets.map((target) => ({ target, copy: copyOf(scope, bucket, target) }));
  const unanswered = (): Question[] => questions.filter(({ answer }) => !answer);

  const takeCopies = async (current: (copy: Copy, target: Target) => boolean): Promise<void> => {
    for (const question of unanswered()) {
      const { copy, target } = question;
      if (!copy || !current(copy, target)) continue;
      const found = await foundIn(copy, scope, bucket, target);
      if (found) question.answer = { ...found, tier: 'l1' };
    }
  };
  const ask = async (asked: readonly Question[]): Promise<Snapshot | undefined> => {
    const names = asked.map(({ target }) => target.path.entry);
    const snapshot = await scope.attempt('read', () => store.read(bucket.tag, names));
    scope.bucket();
    if (!snapshot) return undefined;
    await Promise.all(
      asked.map(async (question, index) => {
        const { target } = question;
        const entry = snapshot.entries[index];
        const stored = await read(scope, bucket, target, entry);
        if (!stored) return;
        question.answer = { ...stored, tier: 'store' };
        keep(scope, bucket, target, { ...stored, entry, stamp: stampOf(snapshot.control), sent });
      }),
    );
    return snapshot;
  };
  const seen = (reached: boolean, control?: Control): Seen => ({
    answers: questions.map(({ answer }) => answer),
    reached,
    control,
    sent,
  });

  await takeCopies((copy, { policy }) => policy.l1 === 'bounded' && l1?.proof?.covers(copy) === true);
  const open = unanswered();
  if (open.length === 0) return seen(true);
  const snapshot = await ask(open.filter(({ copy }) => !copy));
  if (!snapshot) return seen(false);
  if (unanswered().every(({ copy }) => !copy)) return seen(true, snapshot.control);
  await takeCopies((copy) => {
    if (copy.control !== snapshot.control) return false;
    copy.provenAt = sent.at;
    return true;
  });
  const outdated = unanswered().filter(({ copy }) => copy);
  for (const { target } of outdated) l1?.copies.discard(bucket.tag, target.path.entry);
  // A bucket that is gone has no entries either.
  if (outdated.length === 0 || snapshot.control === undefined) return seen(true, snapshot.control);
  const again = await ask(outdated);
  return again ? seen(true, again.control) : seen(false);
}
