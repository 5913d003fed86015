import type { Seal } from './seal.js';

/** Where an entry belongs: nothing but the entry of this owner at this path will be returned for it. */
export interface Place {
  /** The first line of the entry: how it is written. */
  readonly format: string;
  /** The tag of the owner's bucket, as the store knows it. */
  readonly bucket: string;
  /** The name of the entry in the bucket. */
  readonly name: string;
  /** Owner and path in full: what a sealed entry is bound to besides its names. */
  readonly owner: string;
  readonly path: string;
  /** The salt of the owner, where owners have one: it takes part in the key and stands nowhere. */
  readonly salt?: Buffer | undefined;
}

export type Opened =
  | { readonly ok: true; readonly text: string; readonly expiresAt: number }
  | { readonly ok: false; readonly cause: 'expired' | 'foreign' | 'format' | 'seal' };

const FORMAT = '1';

/** The first line of entries whose text a codec wrote; JSON needs no name. */
export const formatOf = (codec: string): string => (codec === 'json' ? FORMAT : `${FORMAT} ${codec}`);

/** The lines that say whose entry this is. Names contain no line break: everything but letters and a few signs is encoded. */
const identity = ({ format, bucket, name }: Place): string => `${format}\n${bucket}\n${name}\n`;

const boundTo = (header: string, { owner, path }: Place): string => `${header}${owner}\n${path}`;

/**
 * An entry as a store holds it: a header of four lines (format, owner, path, expiry in ms since 1970) and the payload. An
 * entry that may be asked for after its expiry says for how many ms: `<expiry>+<grace>`.
 * **The owner is part of every entry**: a reply meant for somebody else, a key written by hand or a value that was moved
 * is recognised by what it says, whatever road it came by.
 */
export function wrap(place: Place, expiresAt: number, text: string, seal: Seal | undefined, grace = 0): string {
  const header = `${identity(place)}${expiresAt}${grace > 0 ? `+${grace}` : ''}\n`;
  return header + (seal ? seal.seal(text, place, boundTo(header, place)) : text);
}

/** The payload, if the entry belongs to this place, is readable and has not expired. */
export function unwrap(entry: string, place: Place, now: number, seal: Seal | undefined): Opened {
  const expected = identity(place);
  if (!entry.startsWith(expected)) return { ok: false, cause: isElsewhere(entry, place) ? 'foreign' : 'format' };
  const end = entry.indexOf('\n', expected.length);
  const [at, grace = '0'] = entry.slice(expected.length, end).split('+', 2);
  const expiresAt = Number(at);
  if (end < 0 || !Number.isSafeInteger(expiresAt) || !Number.isSafeInteger(Number(grace)))
    return { ok: false, cause: 'format' };
  if (expiresAt <= now) return { ok: false, cause: 'expired' };
  const payload = entry.slice(end + 1);
  if (!seal) return { ok: true, text: payload, expiresAt };
  const text = seal.open(payload, place, boundTo(entry.slice(0, end + 1), place));
  return text === undefined ? { ok: false, cause: 'seal' } : { ok: true, text, expiresAt };
}

/** Whether an entry that is not ours is another place's: one that another codec wrote is ours, and cannot be read. */
function isElsewhere(entry: string, { bucket, name }: Place): boolean {
  const format = /^1(?: [\w.-]+)?\n/.exec(entry)?.[0];
  return format !== undefined && !entry.startsWith(`${bucket}\n${name}\n`, format.length);
}
