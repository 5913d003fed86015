const FIRST_MS = 100;
const LONGEST_MS = 5_000;

/** Work to be done after all, again and again with longer pauses, until nothing is left. Never keeps the process alive. */
export class Background {
  readonly #work: () => Promise<void>;
  readonly #left: () => boolean;
  #timer: NodeJS.Timeout | undefined;
  #working = false;
  #stopped = false;
  #pause = FIRST_MS;

  constructor(work: () => Promise<void>, left: () => boolean) {
    this.#work = work;
    this.#left = left;
  }

  /** There is something to do, after a pause. */
  later(): void {
    if (this.#working || this.#stopped || this.#timer) return;
    // Processes that failed together must not come back together.
    const pause = this.#pause * (0.5 + Math.random() / 2);
    this.#timer = setTimeout(() => void this.#run(), pause).unref();
  }

  /** What kept the work from being done has ended. */
  now(): void {
    if (this.#timer) void this.#run();
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  async #run(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#working = true;
    await this.#work();
    this.#working = false;
    if (this.#left()) {
      this.#pause = Math.min(this.#pause * 2, LONGEST_MS);
      this.later();
    } else {
      this.#pause = FIRST_MS;
    }
  }
}
