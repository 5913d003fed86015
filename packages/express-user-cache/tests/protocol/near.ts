import { PATH, type Process, type Protocol, type State } from './model.js';
import { DONE, type Next, type Step, to } from './step.js';

/** Readers that keep copies of what they read and stored: the local tier. */

function ended(state: State, process: Process, value: number, need: number): Next {
  const { kind, id, reads, copy, heard } = process;
  const next = { kind, id, reads: reads - 1, step: reads > 1 ? 0 : DONE, copy, heard: heard ?? false };
  return { state, process: next, stale: value < need };
}

/** Keeps what was read or stored under an unheld control string, unless a message came meanwhile. */
function keep(process: Process, value: number, protocol: Protocol): Process {
  const { stamp, heard } = process;
  const missed = process.kind === 'bounded' && heard === true && protocol.has('l1-moment');
  return stamp === undefined || missed ? process : { ...process, copy: { control: stamp, value } };
}

/** From the store's answer on: the entry, or the load and its fill. `first` is the number of the step that reads. */
const remote = (first: number): Step[] => [
  (state, process, protocol) => {
    const value = state.bucket?.entries[PATH];
    return to(state, process, first + 1, { value, stamp: protocol.stamp(state.bucket) });
  },
  (state, process, protocol) => {
    const { value, need = 0 } = process;
    if (value !== undefined) return ended(state, keep(process, value, protocol), value, need);
    return to(state, process, process.stamp === undefined ? first + 2 : first + 3);
  },
  (state, process, protocol) => {
    const opened = protocol.open(state);
    return to(opened, process, first + 3, { stamp: protocol.stamp(opened.bucket) });
  },
  (state, process) => to(state, process, first + 4, { value: state.row }),
  (state, process, protocol) => {
    const { stamp, value = 0 } = process;
    if (stamp === undefined) return ended(state, process, value, 0);
    const filled = protocol.fill(state, stamp, value);
    const late = state.resends > state.late.length ? [...state.late, { stamp, value }] : state.late;
    return to({ ...filled, late }, process, first + 5);
  },
  (state, process, protocol) => {
    const { value = 0 } = process;
    return ended(state, keep(process, value, protocol), value, 0);
  },
];

/** One look at the control string proves the copy. */
export const validatedReader: Step[] = [
  (state, process, protocol) => {
    const { copy } = process;
    const control = protocol.stamp(state.bucket);
    const proven = copy && control !== undefined && (copy.control === control || !protocol.has('l1-proof'));
    if (proven) return ended(state, process, copy.value, state.need);
    return to(state, process, 1, { need: state.need });
  },
  ...remote(1),
];

/** Answers without asking. It may be stale while a message is under way, which a heartbeat bounds, and never after. */
export const boundedReader: Step[] = [
  (state, process) => {
    const { copy, id } = process;
    if (copy) return ended(state, process, copy.value, (state.mail[id] ?? 0) > 0 ? 0 : state.need);
    return to(state, process, 1, { need: state.need, heard: false });
  },
  ...remote(1),
];
