import type { Control } from './admission.js';

/** Hears what a bus says about the copies of this process. */
export interface BusListener {
  /** Somebody else invalidated these paths, or everything, and left this control string behind. */
  invalidated(bucket: string, prefixes: readonly string[] | 'all', control: Control): void;
  /** Messages may have been missed, now or since before this moment. */
  missed(): void;
  /** All that was published before `at` (ms by the clock of the proof) has been heard. */
  heard(at: number): void;
}
