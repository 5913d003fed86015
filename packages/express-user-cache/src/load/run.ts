import { UserCacheError } from '../errors.js';
import { publish } from '../observe/events.js';
import type { Alarm, Timers } from './timers.js';
import { insideLoad, isInsideLoad } from './inside.js';
import type { Slots, Turn } from './slots.js';

/** What a load is bound to. */
export interface Bounds {
  readonly timers: Timers;
  readonly namespace: string;
  /** Whose turns it waits for; absent for none. */
  readonly slots: Slots | undefined;
  /** ms from when it is asked for, the wait for its turn included; absent for ever. */
  readonly hard: number | undefined;
  /** What it asks for itself must wait for no turn. */
  readonly marked: boolean;
}

export const loadTimeout = (namespace: string): UserCacheError =>
  new UserCacheError(
    'ERR_UC_LOAD_TIMEOUT',
    `A load of the namespace '${namespace}' took longer than its timeout.hard`,
    { status: 504 },
  );

/**
 * One call of an application's load: its turn, its deadline, and the signal that tells it of that. **A load that does not
 * heed its signal is given up**: it keeps no turn and no reader, or a database that hangs would stop the namespace for good.
 */
export class Run {
  /** It started later than it was asked for. */
  waited = false;
  readonly #bounds: Bounds;
  #slots: Slots | undefined;
  #turn: Turn | undefined;
  #controller: AbortController | undefined;
  #late: UserCacheError | undefined;
  #alarm: Alarm | undefined;

  constructor(bounds: Bounds) {
    this.#bounds = bounds;
    this.#slots = isInsideLoad() ? undefined : bounds.slots;
  }

  /** Its deadline has passed. */
  get isLate(): boolean {
    return this.#late !== undefined;
  }

  /** Made when it is asked for: most loads do not look at it, and it costs more than all the rest here. */
  get signal(): AbortSignal {
    if (!this.#controller) {
      this.#controller = new AbortController();
      if (this.#late) this.#controller.abort(this.#late);
    }
    return this.#controller.signal;
  }

  /** What `load` resolves to, once its turn has come; never called where the deadline came first. */
  async call(load: () => unknown): Promise<unknown> {
    if (this.#late) throw this.#late;
    const turn = (this.#turn = this.#slots?.take());
    if (turn?.come) {
      this.waited = true;
      await turn.come;
    }
    try {
      return await (this.#bounds.marked ? insideLoad(load) : load());
    } finally {
      turn?.end();
      this.#alarm?.off();
    }
  }

  /** Waits for no turn any more: somebody waits for it who has one. */
  readonly hurry = (): void => {
    this.#slots = undefined;
    this.#turn?.hurry();
  };

  /**
   * What `work` resolves to, unless its `call` takes longer than the deadline. What comes of it after that is nobody's
   * result, and may be stored like any other: it is under a stamp from before it began.
   *
   * @throws {UserCacheError} `ERR_UC_LOAD_TIMEOUT`
   */
  bounded<T>(work: () => Promise<T>): Promise<T> {
    const { hard, timers } = this.#bounds;
    if (hard === undefined) return work();
    return new Promise((resolve, reject) => {
      this.#alarm = timers.alarm(hard, () => {
        reject(this.#end());
      });
      work()
        .then(resolve, reject)
        .finally(() => {
          this.#alarm?.off();
        });
    });
  }

  #end(): UserCacheError {
    const { namespace } = this.#bounds;
    const late = (this.#late = loadTimeout(namespace));
    publish({ type: 'load-timeout', namespace });
    this.#turn?.end();
    this.#controller?.abort(late);
    return late;
  }
}
