/** A place in the queue for a slot. */
export interface Turn {
  /** Resolves once the turn has come; absent where it came at once. */
  readonly come: Promise<void> | undefined;
  /** Comes now, whatever the number: for what somebody waits for who has a slot. */
  readonly hurry: () => void;
  /** Gives the slot to the next, or leaves the queue. May be repeated. */
  readonly end: () => void;
}

/** So many at a time; who comes later waits, first come first served. */
export class Slots {
  readonly #waiting = new Set<() => void>();
  #free: number;

  constructor(slots: number) {
    this.#free = slots;
  }

  hasFree(): boolean {
    return this.#free > 0;
  }

  take(): Turn {
    let come: Promise<void> | undefined;
    let has = this.#free > 0;
    let call: () => void = () => undefined;
    if (has) this.#free -= 1;
    else {
      come = new Promise((resolve) => {
        call = () => {
          has = true;
          resolve();
        };
        this.#waiting.add(call);
      });
    }
    return {
      come,
      hurry: () => {
        if (!this.#waiting.delete(call)) return;
        call();
        // It has a slot that does not exist, so nobody gets it after it.
        has = false;
      },
      end: () => {
        this.#waiting.delete(call);
        if (has) this.#handOver();
        has = false;
      },
    };
  }

  /** What `work` resolves to, once it had a slot; its errors are its own. */
  async run<T>(work: () => Promise<T>): Promise<T> {
    const { come, end } = this.take();
    if (come) await come;
    try {
      return await work();
    } finally {
      end();
    }
  }

  /** The slot is handed over, not given back: nobody who comes now gets in front of those who wait. */
  #handOver(): void {
    for (const call of this.#waiting) {
      this.#waiting.delete(call);
      call();
      return;
    }
    this.#free += 1;
  }
}
