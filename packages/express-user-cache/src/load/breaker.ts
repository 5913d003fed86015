import { publish } from '../observe/events.js';

/** This many failures in a row, within this time, say that the store is gone. */
const FAILURES = 5;
const WITHIN_MS = 1_000;
/** How long everybody skips the store before one of them tries it again. */
const OPEN_MS = 1_000;

/**
 * Says whether to try the store at all: **once it is gone, no read may wait for a deadline to learn it again**. It goes by
 * the clock and has no timer: the first who asks after `OPEN_MS` is the probe, and everybody else goes on skipping until
 * the probe, or anything else that was sent, is answered.
 */
export class Breaker {
  readonly #now: () => number;
  #failures = 0;
  #firstFailure = 0;
  #openedAt: number | undefined;

  constructor(now: () => number) {
    this.#now = now;
  }

  /** Whether to try. Who is told so while the breaker is open is the probe. */
  allows(): boolean {
    if (this.#openedAt === undefined) return true;
    const open = this.#now() - this.#openedAt;
    // A clock that was set back must not keep the breaker open.
    if (open >= 0 && open < OPEN_MS) return false;
    this.#openedAt = this.#now();
    return true;
  }

  /** Something was answered; whether that closed the breaker. */
  succeeded(): boolean {
    this.#failures = 0;
    if (this.#openedAt === undefined) return false;
    this.#openedAt = undefined;
    publish({ type: 'breaker-close' });
    return true;
  }

  failed(): void {
    if (this.#openedAt !== undefined) return;
    const now = this.#now();
    if (this.#failures === 0 || now - this.#firstFailure > WITHIN_MS) {
      this.#failures = 0;
      this.#firstFailure = now;
    }
    this.#failures += 1;
    if (this.#failures < FAILURES) return;
    this.#openedAt = now;
    publish({ type: 'breaker-open' });
  }
}
