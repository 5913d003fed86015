import { milliseconds, type Ttl } from '../policy/duration.js';

/** A clock that stands still until it is told to move. */
export interface Clock {
  /** ms since 1970. Give it to `options.now`. */
  readonly now: () => number;
  /**
   * Moves the clock forward: `'90s'`, `'10m'`, `'short'`, or ms.
   *
   * @throws {UserCacheTypeError} `ERR_UC_BAD_TTL`
   */
  readonly advance: (by: Ttl) => void;
}

/** A clock for tests. `start`: ms since 1970; the present if it is left out. */
export function fakeClock(start: number = Date.now()): Clock {
  let now = start;
  return {
    now: () => now,
    advance: (by) => {
      now += milliseconds(by, 'clock.advance');
    },
  };
}
