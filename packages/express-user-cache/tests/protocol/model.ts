import { type Control, refusal, type Stamp, stampOf } from '../../src/store/admission.js';

/**
 * The bucket protocol as a small model: one user, a few paths, and a database row whose versions are numbers. What decides
 * about a fill is not modelled: it is the code of `store/admission.ts`. A step of a process is what happens atomically.
 */

/** What the protocol would be without one of its rules. */
export type Guard =
  | 'absent'
  | 'incarnation'
  | 'note'
  | 'floor'
  | 'hold'
  | 'held-stamp'
  | 'hold-survives'
  | 'set-life'
  | 'set-note'
  | 'l1-proof'
  | 'l1-moment'
  | 'l1-announce'
  | 'l1-announce-absent';

export interface Bucket {
  readonly life: number;
  readonly fence: number;
  /** Writer, and whether its deadline has passed. */
  readonly holds: readonly { readonly writer: number; readonly expired: boolean }[];
  /** What is stored, by path. */
  readonly entries: Readonly<Record<string, number>>;
  readonly notes: Readonly<Record<string, number>>;
  readonly floor: number;
}

export interface Process {
  readonly kind: string;
  readonly id: number;
  readonly step: number;
  /** Reads it has left. */
  readonly reads: number;
  readonly stamp?: Stamp | undefined;
  /** The oldest version that the read under way may return. */
  readonly need?: number;
  readonly value?: number | undefined;
  /** Its own copy, and the control string that it was read or stored under. */
  readonly copy?: { readonly control: Control; readonly value: number } | undefined;
  /** A message came since its read was sent. */
  readonly heard?: boolean;
}

export interface State {
  /** The newest committed version. */
  readonly row: number;
  /** The oldest version that a read which starts now may return. */
  readonly need: number;
  readonly lives: number;
  readonly bucket: Bucket | undefined;
  readonly evictions: number;
  readonly evicted: boolean;
  /** Fills that a network may deliver a second time. */
  readonly late: readonly { readonly stamp: Stamp; readonly value: number }[];
  readonly resends: number;
  /** Messages under way, by the process that will hear them. */
  readonly mail: Readonly<Record<number, number>>;
  readonly processes: readonly Process[];
}

/** Two notes, so that a third makes a floor. */
const MAX_NOTES = 2;
/** What readers read, and the prefixes of it. */
export const PATH = 'a:1:';
const PREFIXES = ['a:', PATH];

export class Protocol {
  readonly #without: Guard | undefined;

  constructor(without?: Guard) {
    this.#without = without;
  }

  has(guard: Guard): boolean {
    return guard !== this.#without;
  }

  control(bucket: Bucket): Control {
    return `${bucket.life}.${bucket.fence}${bucket.holds.length > 0 ? '!' : ''}`;
  }

  stamp(bucket: Bucket | undefined): Stamp | undefined {
    if (!bucket) return undefined;
    return this.has('held-stamp') ? stampOf(this.control(bucket)) : this.control(bucket).replace('!', '');
  }

  open(state: State): State {
    if (!state.bucket) return this.#begin(state, []);
    return { ...state, bucket: { ...state.bucket, holds: state.bucket.holds.filter((hold) => !hold.expired) } };
  }

  fill(state: State, stamp: Stamp, value: number): State {
    const { bucket } = state;
    if (!bucket) return this.has('absent') ? state : this.#store(this.#begin(state, []), value);
    return this.#refuses(bucket, stamp, this.has('incarnation'), this.has('note')) ? state : this.#store(state, value);
  }

  invalidate(state: State, path: string): State {
    const { bucket } = state;
    // Where the bucket was evicted, copies of it may still be held.
    if (!bucket) return this.has('l1-announce-absent') ? this.#announce(state, path) : state;
    return this.#announce({ ...state, bucket: this.#raise(bucket, path) }, path);
  }

  invalidateAll(state: State): State {
    const holds = state.bucket?.holds ?? [];
    state = this.#announce(state, '');
    if (this.has('hold-survives') && holds.length > 0) return this.#begin(state, holds);
    return { ...state, bucket: undefined };
  }

  hold(state: State, writer: number, path: string): State {
    const opened = state.bucket ? state : this.#begin(state, []);
    const raised = this.invalidate(opened, path);
    if (!this.has('hold') || !raised.bucket) return raised;
    return { ...raised, bucket: { ...raised.bucket, holds: [...raised.bucket.holds, { writer, expired: false }] } };
  }

  release(state: State, writer: number, path: string): State {
    const raised = this.invalidate(state, path);
    if (!raised.bucket) return raised;
    return {
      ...raised,
      bucket: { ...raised.bucket, holds: raised.bucket.holds.filter((hold) => hold.writer !== writer) },
    };
  }

  supersede(state: State, stamp: Stamp | undefined, value: number): State {
    const { bucket } = state;
    if (!bucket) return this.invalidate(state, PATH);
    const refused = stamp === undefined || this.#refuses(bucket, stamp, this.has('set-life'), this.has('set-note'));
    const raised = this.invalidate(state, PATH);
    return refused ? raised : this.#store(raised, value);
  }

  /** Tells every process that answers from copies without asking, if the path covers what they read. */
  #announce(state: State, path: string): State {
    if (!this.has('l1-announce') || !PATH.startsWith(path)) return state;
    const listeners = state.processes.filter(({ kind }) => kind === 'bounded');
    const mail = Object.fromEntries(listeners.map(({ id }) => [id, (state.mail[id] ?? 0) + 1]));
    return { ...state, mail: { ...state.mail, ...mail } };
  }

  /** Admission, by the code that ships; a guard that is out sees what would let the fill in. */
  #refuses(bucket: Bucket, stamp: Stamp, life: boolean, note: boolean): boolean {
    const control = this.control(bucket);
    const [, fence] = stamp.split('.');
    return (
      refusal(
        {
          control,
          notes: { get: (prefix) => (note ? bucket.notes[prefix] : undefined) },
          floor: note && this.has('floor') ? bucket.floor : 0,
        },
        life ? stamp : `${bucket.life}.${fence ?? ''}`,
        PREFIXES,
      ) !== undefined
    );
  }

  #begin(state: State, holds: Bucket['holds']): State {
    const life = state.lives + 1;
    return { ...state, lives: life, bucket: { life, fence: 0, holds, entries: {}, notes: {}, floor: 0 } };
  }

  #store(state: State, value: number): State {
    if (!state.bucket) return state;
    return { ...state, bucket: { ...state.bucket, entries: { ...state.bucket.entries, [PATH]: value } } };
  }

  #raise(bucket: Bucket, path: string): Bucket {
    const fence = bucket.fence + 1;
    const notes = Object.entries({ ...bucket.notes, [path]: fence }).sort(([, a], [, b]) => b - a);
    const dropped = notes.slice(MAX_NOTES).map(([, at]) => at);
    return {
      ...bucket,
      fence,
      notes: Object.fromEntries(notes.slice(0, MAX_NOTES).sort(([a], [b]) => (a < b ? -1 : 1))),
      floor: Math.max(bucket.floor, ...dropped),
      entries: Object.fromEntries(Object.entries(bucket.entries).filter(([name]) => !name.startsWith(path))),
    };
  }
}
