import { publish } from '../../observe/events.js';
import type { Control } from '../admission.js';
import type { BusListener } from '../bus-listener.js';
import type { Copies, Copy } from './copies.js';

/** Whether copies may be returned without asking the store. */
export class Proof implements BusListener {
  readonly #copies: Copies;
  readonly #maxStale: number;
  readonly #clock: () => number;
  #provenAt: number | undefined;

  constructor(copies: Copies, maxStale: number, clock: () => number) {
    this.#copies = copies;
    this.#maxStale = maxStale;
    this.#clock = clock;
  }

  /**
   * **What was invalidated unheard was invalidated after the last heartbeat that came back was sent**, so what is returned
   * is never staler than the time since then. The moment that it came back would prove less: it may have waited.
   */
  stands(): boolean {
    return this.#provenAt !== undefined && this.#clock() - this.#provenAt < this.#maxStale;
  }

  /**
   * Whether a copy may be returned without asking: also one that is announced to nobody, as the bus is deaf to a process
   * without bounded namespaces, is asked for anew after `maxStale`.
   */
  covers({ provenAt }: Copy): boolean {
    return this.stands() && this.#clock() - provenAt < this.#maxStale;
  }

  invalidated(bucket: string, prefixes: readonly string[] | 'all', control: Control): void {
    this.#copies.forget(bucket, prefixes, control);
  }

  missed(): void {
    if (this.#provenAt !== undefined) publish({ type: 'bus', state: 'lost' });
    this.#provenAt = undefined;
    this.#copies.clear();
  }

  heard(at: number): void {
    if (this.#provenAt === undefined) publish({ type: 'bus', state: 'proven' });
    this.#provenAt = at;
  }
}
