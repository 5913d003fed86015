/** Something that will happen unless it is called off. */
export interface Alarm {
  /** Calls it off; the second time, and after it rang, this does nothing. */
  off(): void;
}

/** Node's timers take no more, and ring at once; an alarm that is not due when its timer ends waits for the next. */
const LONGEST_MS = 2 ** 31 - 1;

/** An alarm in its queue; without `ring` it has rung or was called off. */
class Waiting implements Alarm {
  readonly end: number;
  ring: (() => void) | undefined;
  next: Waiting | undefined;
  readonly #queue: Alarms;

  constructor(queue: Alarms, end: number, ring: () => void) {
    this.#queue = queue;
    this.end = end;
    this.ring = ring;
  }

  off(): void {
    if (!this.ring) return;
    this.ring = undefined;
    this.#queue.settled();
  }
}

/**
 * Alarms that all take equally long, so that what was set first rings first: **one timer for all of them**, where a timer for
 * each would cost more than the read that it watches.
 */
class Alarms {
  readonly #ms: number;
  readonly #empty: () => void;
  #first: Waiting | undefined;
  #last: Waiting | undefined;
  #timer: NodeJS.Timeout | undefined;
  #unsettled = 0;

  constructor(ms: number, empty: () => void) {
    this.#ms = ms;
    this.#empty = empty;
  }

  set(ring: () => void): Alarm {
    const waiting = new Waiting(this, performance.now() + this.#ms, ring);
    if (this.#last) this.#last.next = waiting;
    else this.#first = waiting;
    this.#last = waiting;
    this.#unsettled += 1;
    if (!this.#timer) this.#arm(this.#ms);
    else if (this.#unsettled === 1) this.#timer.ref();
    return waiting;
  }

  settled(): void {
    this.#unsettled -= 1;
    // A timer for what has settled long ago must not keep the process alive.
    if (this.#unsettled === 0) this.#timer?.unref();
  }

  #arm(ms: number): void {
    this.#timer = setTimeout(
      () => {
        // After a long synchronous task timers run before the sockets are read: the reply may already be waiting there.
        setImmediate(() => {
          this.#ring();
        });
      },
      Math.min(ms, LONGEST_MS),
    );
  }

  #ring(): void {
    this.#timer = undefined;
    const now = performance.now();
    const due: (() => void)[] = [];
    let first = this.#first;
    while (first && (!first.ring || first.end <= now)) {
      if (first.ring) due.push(first.ring);
      first.off();
      first = first.next;
    }
    this.#first = first;
    if (first) {
      this.#arm(first.end - now);
    } else {
      this.#last = undefined;
      this.#empty();
    }
    // Last: what rings may set the next alarm.
    for (const ring of due) ring();
  }
}

/** The alarms of one cache, or of one kind of connection. */
export class Timers {
  readonly #queues = new Map<number, Alarms>();

  /** Calls `ring` after `ms`, and never keeps the process alive for what was called off. */
  alarm(ms: number, ring: () => void): Alarm {
    let queue = this.#queues.get(ms);
    if (!queue) {
      // Calls may name durations of their own, and no two the same.
      queue = new Alarms(ms, () => this.#queues.delete(ms));
      this.#queues.set(ms, queue);
    }
    return queue.set(ring);
  }
}
