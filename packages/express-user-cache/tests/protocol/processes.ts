import { boundedReader, validatedReader } from './near.js';
import { PATH, type Process, type Protocol, type State } from './model.js';
import { DONE, type Next, type Step, to } from './step.js';

/** A read has ended: the next one starts anew, or the process is done. */
function ended(state: State, process: Process): Process {
  const { kind, id, reads } = process;
  return { kind, id, reads: reads - 1, step: reads > 1 ? 0 : DONE };
}

const commit = (state: State, process: Process, step: number): Next =>
  to({ ...state, row: state.row + 1 }, process, step, { value: state.row + 1 });

/** From now on no read may return less than what this process has committed. */
const promised = (state: State, process: Process): State => ({
  ...state,
  need: Math.max(state.need, process.value ?? 0),
});

const done = (state: State, process: Process): Next => to(state, process, DONE);

const writer = (forget: (protocol: Protocol, state: State) => State): Step[] => [
  (state, process) => commit(state, process, 1),
  (state, process, protocol) => done(promised(forget(protocol, state), process), process),
];

const reader: Step[] = [
  (state, process, protocol) => {
    const stored = state.bucket?.entries[PATH];
    if (stored !== undefined) return { state, process: ended(state, process), stale: stored < state.need };
    const stamp = protocol.stamp(state.bucket);
    return to(state, process, stamp === undefined ? 1 : 2, { need: state.need, stamp });
  },
  (state, process, protocol) => {
    const opened = protocol.open(state);
    return to(opened, process, 2, { stamp: protocol.stamp(opened.bucket) });
  },
  (state, process) => to(state, process, 3, { value: state.row }),
  (state, process, protocol) => {
    const { stamp, value = 0 } = process;
    if (stamp === undefined) return { state, process: ended(state, process) };
    const filled = protocol.fill(state, stamp, value);
    const late = state.resends > state.late.length ? [...state.late, { stamp, value }] : state.late;
    return { state: { ...filled, late }, process: ended(state, process) };
  },
];

/** A hit that loads again, under the control string that it saw. */
const eager: Step[] = [
  (state, process, protocol) => {
    const stored = state.bucket?.entries[PATH];
    const stamp = protocol.stamp(state.bucket);
    if (stored === undefined) return to(state, process, stamp === undefined ? 1 : 2, { stamp });
    const stale = stored < state.need;
    if (stamp === undefined) return { state, process: ended(state, process), stale };
    return { ...to(state, process, 2, { stamp }), stale };
  },
  ...reader.slice(1),
];

const mutate: Step[] = [
  (state, process, protocol) => to(protocol.hold(state, process.id, PATH), process, 1),
  (state, process) => commit(state, process, 2),
  (state, process, protocol) => done(promised(protocol.release(state, process.id, PATH), process), process),
];

/** Every kind of process that takes part. */
export const KINDS: Readonly<Record<string, readonly Step[]>> = {
  reader,
  eager,
  validated: validatedReader,
  bounded: boundedReader,
  'invalidate the path': writer((protocol, state) => protocol.invalidate(state, PATH)),
  'invalidate a prefix': writer((protocol, state) => protocol.invalidate(state, 'a:')),
  'invalidate everything': writer((protocol, state) => protocol.invalidateAll(state)),
  /** Three invalidations of other paths: more than there are notes. */
  elsewhere: ['x:', 'y:', 'z:'].map(
    (path, index): Step =>
      (state, process, protocol) =>
        to(protocol.invalidate(state, path), process, index === 2 ? DONE : index + 1),
  ),
  mutate,
  /** Dies after its commit; its hold runs out. */
  crash: [
    ...mutate.slice(0, 2),
    (state, process) => {
      const { bucket } = state;
      const holds = bucket?.holds.map((hold) => (hold.writer === process.id ? { ...hold, expired: true } : hold));
      const expired = bucket && holds ? { ...state, bucket: { ...bucket, holds } } : state;
      // A crash and an eviction within its hold are two faults at once: bounded by the TTL, and documented as such.
      return done(state.evicted ? expired : promised(expired, process), process);
    },
  ],
  'write through': [
    (state, process, protocol) => {
      const opened = protocol.stamp(state.bucket) === undefined ? protocol.open(state) : state;
      return to(opened, process, 1, { stamp: protocol.stamp(opened.bucket) });
    },
    (state, process) => commit(state, process, 2),
    (state, process, protocol) =>
      done(promised(protocol.supersede(state, process.stamp, process.value ?? 0), process), process),
  ],
};

export const isDone = (process: Process): boolean => process.step === DONE;
