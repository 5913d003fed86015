import type { Copies } from './copies.js';
import type { Proof } from './proof.js';

/** What this process keeps of what a store holds. */
export interface L1 {
  readonly copies: Copies;
  /** Absent where no bus says what other processes invalidate: then every copy is proven by a read. */
  readonly proof: Proof | undefined;
}
