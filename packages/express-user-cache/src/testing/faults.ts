import { seeded } from './random.js';

/**
 * What can happen to one reply.
 *
 * - `delay`: it, and all behind it, arrives later.
 * - `drop`: it never arrives.
 * - `duplicate`: it arrives twice.
 * - `swap`: it arrives after the next reply of its connection.
 * - `inject`: a reply that nobody asked for arrives before it.
 * - `cut`: half of it arrives, and the connection ends.
 */
export type Fault = 'delay' | 'drop' | 'duplicate' | 'swap' | 'inject' | 'cut';

export const FAULTS: readonly Fault[] = ['delay', 'drop', 'duplicate', 'swap', 'inject', 'cut'];

/** Faults that come by themselves. */
export interface FaultSchedule {
  /** Which; one of them is chosen each time. All but `delay`, which is no fault of order, if it is left out. */
  readonly faults?: readonly Fault[];
  /** A fault comes every so many replies: at least and at most. 20 to 200. */
  readonly every?: readonly [least: number, most: number];
  /** Replies at the start of each connection that are left alone: clients do not survive faults in their handshake. 8. */
  readonly after?: number;
  /** A whole number that decides everything random. 1. */
  readonly seed?: number;
}

/** Which fault, if any, the next reply gets. */
export type Chooser = (repliesOfConnection: number) => Fault | undefined;

export function chooser({
  faults = FAULTS.filter((fault) => fault !== 'delay'),
  every: [least, most] = [20, 200],
  after = 8,
  seed = 1,
}: FaultSchedule): Chooser {
  const random = seeded(seed);
  let wait = random.between(least, most);
  return (repliesOfConnection) => {
    if (repliesOfConnection <= after) return undefined;
    wait -= 1;
    if (wait > 0) return undefined;
    wait = random.between(least, most);
    return random.oneOf(faults);
  };
}
