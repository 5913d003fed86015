import { valueOf } from '../entry/codec.js';
import { type Place, unwrap, wrap } from '../entry/envelope.js';
import { freeze, freezeJson } from '../entry/freeze.js';
import { json } from '../entry/json.js';
import { validate, type Validated } from '../entry/schema.js';
import { UserCacheTypeError } from '../errors.js';
import { type CacheEvent, publish } from '../observe/events.js';
import type { Stamp } from '../store/admission.js';
import type { Entry, Held } from '../store/store.js';
import type { Bucket, Scope, Target } from './scope.js';

/** A value that may be returned. */
export interface Found {
  readonly value: unknown;
  /** It cannot change: it may be returned to many. */
  readonly frozen: boolean;
}

/** A value that came from the store. */
export interface Stored extends Found {
  /** Empty where the value was never written as text; then it is frozen, and nobody asks. */
  readonly text: string;
  /** Of its text. */
  readonly bytes: number;
  readonly expiresAt: number;
}

/** Whether a value may be returned to many, frozen so that it can be; where a namespace asks for copies, none. */
function freezes({ policy }: Target, value: unknown): boolean {
  if (policy.clone) return false;
  if (policy.schema || policy.codec !== json) return freeze(value);
  freezeJson(value);
  return true;
}

const placeOf = ({ tag, owner, salt }: Bucket, { policy, path }: Target): Place => ({
  format: policy.format,
  bucket: tag,
  name: path.entry,
  owner,
  path: path.text,
  salt,
});

/**
 * The value of a stored entry; `undefined`, a miss, where it is absent, expired more than `grace` ms ago, or anything about
 * it is wrong. A promise only where the schema answers with one.
 */
export function read(
  scope: Scope,
  bucket: Bucket,
  target: Target,
  entry: Entry | undefined,
  grace = 0,
): Stored | undefined | Promise<Stored | undefined> {
  if (entry === undefined) return undefined;
  if (typeof entry !== 'string') return readHeld(scope, bucket, target, entry, grace);
  const { seal, settings, store } = scope.core;
  const opened = unwrap(entry, placeOf(bucket, target), settings.now() - grace, seal);
  if (!opened.ok) {
    if (opened.cause === 'expired') return undefined;
    // Somebody else's entry came over this connection: what else it answers may be somebody else's too.
    if (opened.cause === 'foreign') store.distrust();
    refuse(target, opened.cause);
    return undefined;
  }
  const { text, expiresAt } = opened;
  const value = valueOf(text, target.policy.codec);
  if (value === undefined) {
    refuse(target, 'json');
    return undefined;
  }
  const validated = validate(target.policy.schema, value);
  return validated instanceof Promise
    ? validated.then((later) => stored(target, later, text, expiresAt))
    : stored(target, validated, text, expiresAt);
}

/** As `read`, of a value that was never written as text. */
function readHeld(scope: Scope, bucket: Bucket, target: Target, held: Held, grace: number): Stored | undefined {
  const { value, owner, path, expiresAt, bytes } = held;
  if (owner !== bucket.owner || path !== target.path.text) {
    refuse(target, 'foreign');
    return undefined;
  }
  return expiresAt > scope.core.settings.now() - grace
    ? { value, frozen: true, text: '', bytes, expiresAt }
    : undefined;
}

function stored(target: Target, validated: Validated, text: string, expiresAt: number): Stored | undefined {
  if (validated.ok && validated.value !== undefined) {
    const { value } = validated;
    return { value, frozen: freezes(target, value), text, bytes: text.length, expiresAt };
  }
  refuse(target, 'schema');
  return undefined;
}

/**
 * A value as every later hit will return it.
 *
 * @throws {UserCacheTypeError} `ERR_UC_INVALID_VALUE`
 */
export async function parse(target: Target, text: string): Promise<Found> {
  const { codec, schema, namespace } = target.policy;
  const validated = await validate(schema, valueOf(text, codec));
  // As a value, undefined would be a miss that no load ends.
  if (validated.ok && validated.value !== undefined) {
    return { value: validated.value, frozen: freezes(target, validated.value) };
  }
  const why = validated.ok ? 'becomes undefined' : `does not pass its schema (issues: ${validated.issues})`;
  throw new UserCacheTypeError(
    'ERR_UC_INVALID_VALUE',
    `A value for the namespace '${namespace}' ${why}; nothing was stored`,
  );
}

/** A value to be stored under a stamp. */
export interface Filling extends Found {
  readonly text: string;
  /** ms, before jitter */
  readonly ttl: number;
  /** ms for which the entry is kept after that */
  readonly grace: number;
  readonly stamp: Stamp | undefined;
  readonly supersedes: boolean;
  /** Told when it has been stored: until when, in ms since 1970. */
  readonly stored?: (expiresAt: number) => void;
}

/** Offers a value to the store; whether it was stored. Rejects where the store fails. */
export async function fill(scope: Scope, bucket: Bucket, target: Target, filling: Filling): Promise<boolean> {
  const { settings, store } = scope.core;
  const { namespace } = target.policy;
  const ttl = Math.max(1, Math.round(filling.ttl * (1 - settings.jitter * Math.random())));
  const expiresAt = settings.now() + ttl;
  const entry = entryOf(scope, bucket, target, filling, expiresAt);
  const bytes = Buffer.byteLength(typeof entry === 'string' ? entry : filling.text);
  if (bytes > settings.limits.bytesPerEntry) {
    publish({ type: 'oversized', namespace, bytes });
    return false;
  }
  const { prefixes, entry: name } = target.path;
  const { stamp, supersedes } = filling;
  const stored = await store.fill(bucket.tag, {
    stamp,
    prefixes,
    name,
    entry,
    ttl: ttl + filling.grace,
    expiresAt,
    maxEntries: scope.maxEntries,
    supersedes,
  });
  if (stored) filling.stored?.(expiresAt);
  publish({ type: stored ? 'fill' : 'refused', namespace });
  return stored;
}

/** The value itself where the store is this process's own and nobody can change it, else its text. */
function entryOf({ core }: Scope, bucket: Bucket, target: Target, filling: Filling, expiresAt: number): Entry {
  const { value, frozen, text, grace } = filling;
  if (!core.holdsValues || !frozen) return wrap(placeOf(bucket, target), expiresAt, text, core.seal, grace);
  return { value, owner: bucket.owner, path: target.path.text, expiresAt, bytes: text.length };
}

export function refuse({ policy }: Target, cause: Extract<CacheEvent, { type: 'isolation' }>['cause']): void {
  publish({ type: 'isolation', namespace: policy.namespace, cause });
}
