/** How much the latest load counts in the mean. */
const WEIGHT = 1 / 4;

/**
 * Decides whether a hit refreshes its entry before it expires: XFetch, of Vattani, Chierichetti and Lowenstein, "Optimal
 * Probabilistic Cache Stampede Prevention", PVLDB 8(8), 2015. The sooner the expiry and the longer a load takes, the
 * likelier, so that of many processes one is first without any of them asking the others. The paper keeps the duration
 * of its load in the entry; here it is the mean of the namespace's loads in this process, so that no reader has to be told.
 */
export class Eagerness {
  readonly #beta: number;
  #mean: number | undefined;

  /** `beta`: above 1 refreshes earlier, below 1 later. */
  constructor(beta: number) {
    this.#beta = beta;
  }

  /** A load took so many ms. */
  took(ms: number): void {
    // A clock may have been set back meanwhile.
    const duration = Math.max(0, ms);
    this.#mean = this.#mean === undefined ? duration : this.#mean + (duration - this.#mean) * WEIGHT;
  }

  /** Never before the first load of this process has said how long one takes. */
  isDue(now: number, expiresAt: number): boolean {
    if (this.#mean === undefined) return false;
    return now - this.#mean * this.#beta * Math.log(1 - Math.random()) >= expiresAt;
  }
}
