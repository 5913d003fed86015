import type fc from 'fast-check';
import type { Control } from '../../../src/index.js';
import type { BusListener } from '../../../src/store/bus-listener.js';

type Message = (listener: BusListener) => void;

/** Turns that a message takes. */
const LATENCY = 25;

/** One process's connection to a bus: messages arrive in the order they were sent in, whenever the scheduler lets them. */
export class ScheduledLine {
  readonly #scheduler: fc.Scheduler;
  readonly #listener: BusListener;
  readonly #now: () => number;
  #coming: Message[] = [];
  #life = 0;

  constructor(scheduler: fc.Scheduler, listener: BusListener, now: () => number) {
    this.#scheduler = scheduler;
    this.#listener = listener;
    this.#now = now;
    // As a process that is ready: a heartbeat has come back.
    listener.missed();
    listener.heard(now());
  }

  announce(bucket: string, prefixes: readonly string[] | 'all', control: Control): void {
    void this.#send((listener) => {
      listener.invalidated(bucket, prefixes, control);
    });
  }

  /** Resolves when it has come back: then what was sent before it has been heard, over the connection that it was sent on. */
  async beat(): Promise<void> {
    const [at, life] = [this.#now(), this.#life];
    await this.#scheduler.schedule(Promise.resolve(), 'beat');
    if (life !== this.#life) return;
    await this.#send((listener) => {
      listener.heard(at);
    });
  }

  /** The connection was lost, and all that was on its way with it; there is a new one at once. */
  lose(): void {
    this.#coming = [];
    this.#life += 1;
    this.#listener.missed();
  }

  /** Slower than a store: what is announced late is what a bound is for. */
  async #send(message: Message): Promise<void> {
    this.#coming.push(message);
    for (let i = 0; i < LATENCY; i++) await this.#scheduler.schedule(Promise.resolve(), 'message');
    this.#coming.shift()?.(this.#listener);
  }
}
