import { type Guard, type Process, Protocol, type State } from './model.js';
import { isDone, KINDS } from './processes.js';

/** A mix of processes; a number behind a reader is how often it reads. */
export type Mix = readonly string[];

export interface Explored {
  readonly states: number;
  readonly stale: number;
  /** How the first stale read came about. */
  readonly trace: string | undefined;
}

/** Every interleaving of the processes, with one eviction at any moment and one fill that arrives a second time. */
export function explore(mix: Mix, without?: Guard): Explored {
  const protocol = new Protocol(without);
  const seen = new Set<string>();
  const open: (readonly [State, string])[] = [[first(mix), '']];
  let stale = 0;
  let trace: string | undefined;
  for (let next = open.pop(); next; next = open.pop()) {
    const [state, path] = next;
    const signature = JSON.stringify(state);
    if (seen.has(signature)) continue;
    seen.add(signature);
    state.processes.forEach((process, index) => {
      if (isDone(process)) return;
      const stepped = KINDS[process.kind]?.[process.step]?.(state, process, protocol);
      if (!stepped) throw new Error(`${process.kind} has no step ${process.step}`);
      const how = `${path} ${process.kind}${process.id}.${process.step}`;
      if (stepped.stale) {
        stale += 1;
        trace ??= how;
      }
      open.push([{ ...stepped.state, processes: state.processes.with(index, stepped.process) }, how]);
    });
    if (state.evictions > 0 && state.bucket) {
      open.push([{ ...state, evictions: state.evictions - 1, evicted: true, bucket: undefined }, `${path} evict`]);
    }
    state.processes.forEach((process, index) => {
      const waiting = state.mail[process.id] ?? 0;
      if (waiting === 0) return;
      const heard: Process = { ...process, copy: undefined, heard: true };
      const processes = state.processes.with(index, heard);
      open.push([{ ...state, mail: { ...state.mail, [process.id]: waiting - 1 }, processes }, `${path} hear`]);
    });
    state.late.forEach(({ stamp, value }, index) => {
      const late = state.late.filter((_, i) => i !== index);
      open.push([protocol.fill({ ...state, late, resends: state.resends - 1 }, stamp, value), `${path} resend`]);
    });
  }
  return { states: seen.size, stale, trace };
}

function first(mix: Mix): State {
  const processes = mix.map((name, id): Process => {
    const [, kind = name, reads = '1'] = /^(.*?)(\d*)$/.exec(name) ?? [];
    return { kind, id, step: 0, reads: Number(reads === '' ? '1' : reads) };
  });
  return {
    row: 1,
    need: 1,
    lives: 0,
    bucket: undefined,
    evictions: 1,
    evicted: false,
    late: [],
    resends: 1,
    mail: {},
    processes,
  };
}
