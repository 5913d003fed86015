import { type Control, type Fill, type Invalidation, MemoryStore, type Snapshot, type Store } from '../../src/index.js';

type Operation = 'read' | 'open' | 'fill' | 'invalidate';

/** A store that a test takes away and gives back, and that writes down what it is asked. */
export class FaultyStore implements Store {
  /** What is in the way of a call; returns to let it through. */
  fault: (operation: Operation) => Promise<void> | void = () => undefined;
  readonly asked: Operation[] = [];
  readonly fills: Fill[] = [];
  readonly invalidations: Invalidation[] = [];
  readonly #store: Store;

  constructor(store: Store = new MemoryStore()) {
    this.#store = store;
  }

  goDown(): void {
    this.fault = () => Promise.reject(new Error('the store is down'));
  }

  comeBack(): void {
    this.fault = () => undefined;
  }

  count(operation: Operation): number {
    return this.asked.filter((one) => one === operation).length;
  }

  async read(bucket: string, names: readonly string[]): Promise<Snapshot> {
    await this.#meet('read');
    return this.#store.read(bucket, names);
  }

  async open(bucket: string): Promise<Control> {
    await this.#meet('open');
    return this.#store.open(bucket);
  }

  async fill(bucket: string, fill: Fill): Promise<boolean> {
    this.fills.push(fill);
    await this.#meet('fill');
    return this.#store.fill(bucket, fill);
  }

  async invalidate(bucket: string, invalidation: Invalidation): Promise<void> {
    this.invalidations.push(invalidation);
    await this.#meet('invalidate');
    await this.#store.invalidate(bucket, invalidation);
  }

  ready(): Promise<void> {
    return this.#store.ready();
  }

  distrust(): void {
    this.#store.distrust();
  }

  close(): Promise<void> {
    return this.#store.close();
  }

  async #meet(operation: Operation): Promise<void> {
    this.asked.push(operation);
    await this.fault(operation);
  }
}
