import { type Place, unwrap, wrap } from '../entry/envelope.js';
import { freeze } from '../entry/freeze.js';
import { validate, type Validated } from '../entry/schema.js';
import { UserCacheTypeError } from '../errors.js';
import { type CacheEvent, publish } from '../observe/events.js';
import type { Stamp } from '../store/admission.js';
import type { Bucket, Scope, Target } from './scope.js';

/** A value that may be returned. */
export interface Found {
  readonly value: unknown;
  /** It is of a namespace with copies, and cannot change: it may be returned to many. */
  readonly frozen: boolean;
}

/** A value that came from the store. */
export interface Stored extends Found {
  readonly text: string;
  readonly expiresAt: number;
}

const freezes = ({ policy }: Target, value: unknown): boolean => policy.l1 !== 'off' && freeze(value);

const placeOf = ({ tag, owner, salt }: Bucket, { path }: Target): Place => ({
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
  entry: string | undefined,
  grace = 0,
): Stored | undefined | Promise<Stored | undefined> {
  if (entry === undefined) return undefined;
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
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    refuse(target, 'json');
    return undefined;
  }
  const validated = validate(target.policy.schema, value);
  return validated instanceof Promise
    ? validated.then((later) => stored(target, later, text, expiresAt))
    : stored(target, validated, text, expiresAt);
}

function stored(target: Target, validated: Validated, text: string, expiresAt: number): Stored | undefined {
  if (validated.ok) {
    const { value } = validated;
    return { value, frozen: freezes(target, value), text, expiresAt };
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
  const validated = await validate(target.policy.schema, JSON.parse(text));
  if (validated.ok) return { value: validated.value, frozen: freezes(target, validated.value) };
  throw new UserCacheTypeError(
    'ERR_UC_INVALID_VALUE',
    `A value for the namespace '${target.policy.namespace}' does not pass its schema (issues: ${validated.issues}); nothing was stored`,
  );
}

/** A value to be stored under a stamp. */
export interface Filling {
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
  const { seal, settings, store } = scope.core;
  const { namespace } = target.policy;
  const ttl = Math.max(1, Math.round(filling.ttl * (1 - settings.jitter * Math.random())));
  const expiresAt = settings.now() + ttl;
  const entry = wrap(placeOf(bucket, target), expiresAt, filling.text, seal, filling.grace);
  const bytes = Buffer.byteLength(entry);
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

export function refuse({ policy }: Target, cause: Extract<CacheEvent, { type: 'isolation' }>['cause']): void {
  publish({ type: 'isolation', namespace: policy.namespace, cause });
}
