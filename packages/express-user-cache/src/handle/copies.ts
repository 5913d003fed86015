import type { Stamp } from '../store/admission.js';
import type { Entry } from '../store/store.js';
import type { Copy, Moment } from '../store/tiered/copies.js';
import { type Found, read, refuse } from './entries.js';
import { withSalt } from './salt.js';
import type { Bucket, Scope, Target } from './scope.js';

/** The copy of an entry that this process keeps, whether or not it is current. */
export function copyOf({ core: { l1, settings } }: Scope, bucket: Bucket, target: Target): Copy | undefined {
  if (!l1 || target.policy.l1 === 'off') return undefined;
  const { entry: name, text } = target.path;
  const copy = l1.copies.get(bucket.tag, name);
  if (!copy) return undefined;
  const isForeign = copy.owner !== bucket.owner || copy.path !== text;
  if (!isForeign && copy.expiresAt > settings.now()) return copy;
  if (isForeign) refuse(target, 'foreign');
  l1.copies.discard(bucket.tag, name);
  return undefined;
}

/** What a copy holds: a value, or an entry that is read as if it came from the store. */
export async function foundIn(
  { content, control }: Copy,
  scope: Scope,
  bucket: Bucket,
  target: Target,
): Promise<Found | undefined> {
  if ('frozen' in content) return { value: content.frozen, frozen: true };
  const own = scope.core.salts ? await withSalt(scope, bucket, control) : bucket;
  return own && (await read(scope, own, target, content.entry));
}

/** What may become a copy: a value, as a load or the store gave it. */
export interface Keepable extends Found {
  /** Of its text. */
  readonly bytes: number;
  readonly expiresAt: number;
  readonly entry?: Entry | undefined;
  /** Absent under a hold: what was read during a write may be the row before it. */
  readonly stamp: Stamp | undefined;
  /** When the read under whose stamp it is was sent. */
  readonly sent: Moment;
}

/** Keeps a copy where the namespace has copies. */
export function keep(scope: Scope, { tag, owner }: Bucket, { policy, path }: Target, keepable: Keepable): void {
  const { frozen, value, entry, stamp, expiresAt, sent } = keepable;
  const content = frozen ? { frozen: value } : typeof entry === 'string' ? { entry } : undefined;
  if (policy.l1 === 'off' || stamp === undefined || !content) return;
  const bytes = 'entry' in content ? content.entry.length : keepable.bytes;
  const copy = { control: stamp, owner, path: path.text, expiresAt, content, bytes };
  scope.core.l1?.copies.keep(tag, path.entry, copy, sent);
}
