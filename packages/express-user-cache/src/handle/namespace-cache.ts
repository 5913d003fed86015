import type { NamespaceOptions, ValueOf } from '../policy/namespaces.js';
import { invalidate, mutate } from './invalidate.js';
import type { LoadContext } from './load.js';
import { getMany, getOrSet } from './read.js';
import type { Scope } from './scope.js';
import type { EntryOptions, LoadOptions } from './terms.js';
import type { Loaded, Parts } from './types.js';
import { set, writeThrough } from './write.js';

/** The cache of one owner in one namespace. Every method is `UserCache`'s; its keys leave the namespace out. */
export class NamespaceCache<O extends NamespaceOptions | undefined = NamespaceOptions> {
  readonly #scope: Scope;
  readonly #name: string;

  constructor(scope: Scope, name: string) {
    scope.target([name]);
    this.#scope = scope;
    this.#name = name;
  }

  async get(parts: Parts): Promise<ValueOf<O> | undefined> {
    const [value] = await this.getMany([parts]);
    return value;
  }

  getMany(list: readonly Parts[]): Promise<(ValueOf<O> | undefined)[]> {
    return getMany(this.#scope, list.map(this.#key)) as Promise<(ValueOf<O> | undefined)[]>;
  }

  getOrSet<T>(
    parts: Parts,
    load: (context: LoadContext) => T | PromiseLike<T>,
    options?: LoadOptions,
  ): Promise<Loaded<O, T>> {
    return getOrSet(this.#scope, this.#key(parts), load, options) as Promise<Loaded<O, T>>;
  }

  set(parts: Parts, value: unknown, options?: EntryOptions): Promise<void> {
    return set(this.#scope, this.#key(parts), value, options);
  }

  writeThrough<T>(parts: Parts, write: () => T | PromiseLike<T>, options?: EntryOptions): Promise<Loaded<O, T>> {
    return writeThrough(this.#scope, this.#key(parts), write, options) as Promise<Loaded<O, T>>;
  }

  invalidate(...list: readonly Parts[]): Promise<void> {
    return invalidate(this.#scope, list.map(this.#key));
  }

  /** Forgets this namespace. */
  invalidateAll(): Promise<void> {
    return this.invalidate([]);
  }

  mutate<T>(list: readonly Parts[], write: () => T | PromiseLike<T>): Promise<T> {
    return mutate(this.#scope, list.map(this.#key), write) as Promise<T>;
  }

  readonly #key = (parts: Parts): unknown[] => [this.#name, ...parts];
}
