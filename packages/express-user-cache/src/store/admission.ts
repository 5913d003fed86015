/**
 * The control string of a bucket, `<incarnation>.<fence>`, with `!` behind it while a hold stands. The incarnation is
 * random, once per life of the bucket; the fence rises at every invalidation of any path, in Redis to the time in ms where
 * that is more.
 */
export type Control = string;

/** A control string that was read before a load started, and under which what it loads may be stored. */
export type Stamp = string;

/** Why a fill into a bucket that is there was not stored. */
export type Refusal = 'incarnation' | 'fence' | 'unstamped';

/** What a bucket remembers of its invalidations: the part of its state that admission looks at. */
export interface Fences {
  readonly control: Control;
  /** The fence at the last invalidation of each path, by the name of the path. */
  readonly notes: { get(prefix: string): number | undefined };
  /** The highest fence among the notes that were dropped. */
  readonly floor: number;
}

const isHeld = (control: Control): boolean => control.endsWith('!');

/** A control string is a stamp unless a hold stands: what loads while a write is under way may be the row before it. */
export const stampOf = (control: Control | undefined): Stamp | undefined =>
  control === undefined || isHeld(control) ? undefined : control;

/** Which life of a bucket a control string is of. */
export const incarnationOf = (control: Control): string => parseControl(control).incarnation;

function parseControl(control: Control): { incarnation: string; fence: number } {
  const dot = control.lastIndexOf('.');
  return { incarnation: control.slice(0, dot), fence: Number.parseInt(control.slice(dot + 1), 10) };
}

/**
 * Whether what was loaded under `stamp` may still be stored at the path whose prefixes are named: **the bucket lives the
 * life of the stamp, and no prefix of the path was invalidated since**. The rule decides by content alone, so a fill that
 * is late, resent or duplicated is refused like any other. `scripts/admission.ts` is the same rule in Lua.
 */
export function refusal(fences: Fences, stamp: Stamp | undefined, prefixes: readonly string[]): Refusal | undefined {
  if (stamp === undefined) return 'unstamped';
  if (fences.control === stamp) return undefined;
  const then = parseControl(stamp);
  if (parseControl(fences.control).incarnation !== then.incarnation) return 'incarnation';
  if (fences.floor > then.fence) return 'fence';
  return prefixes.some((prefix) => (fences.notes.get(prefix) ?? 0) > then.fence) ? 'fence' : undefined;
}
