import type { Process, Protocol, State } from './model.js';

/** A step of a process, from a state to the next; `stale` where a read returned what it must not. */
export interface Next {
  readonly state: State;
  readonly process: Process;
  readonly stale?: boolean;
}

export type Step = (state: State, process: Process, protocol: Protocol) => Next;

export const DONE = -1;

export const to = (state: State, process: Process, step: number, changes: Partial<Process> = {}): Next => ({
  state,
  process: { ...process, ...changes, step },
});
