import type { NamespaceOptions, ValueOf } from '../policy/namespaces.js';
import { invalidate, mutate } from './invalidate.js';
import { type EntryOptions, getMany, getOrSet, type LoadContext } from './read.js';
import type { Scope } from './scope.js';
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

  async getMany(list: readonly Parts[]): Promise<(ValueOf<O> | undefined)[]> {
    return (await getMany(this.#scope, list.map(this.#key))) as (ValueOf<O> | undefined)[];
  }

  async getOrSet<T>(
    parts: Parts,
    load: (context: LoadContext) => T | PromiseLike<T>,
    options?: EntryOptions,
  ): Promise<Loaded<O, T>> {
    return (await getOrSet(this.#scope, this.#key(parts), load, options)) as Loaded<O, T>;
  }

  async set(parts: Parts, value: unknown, options?: EntryOptions): Promise<void> {
    await set(this.#scope, this.#key(parts), value, options);
  }

  async writeThrough<T>(parts: Parts, write: () => T | PromiseLike<T>, options?: EntryOptions): Promise<Loaded<O, T>> {
    return (await writeThrough(this.#scope, this.#key(parts), write, options)) as Loaded<O, T>;
  }

  async invalidate(...list: readonly Parts[]): Promise<void> {
    await invalidate(this.#scope, list.map(this.#key));
  }

  /** Forgets this namespace. */
  async invalidateAll(): Promise<void> {
    await this.invalidate([]);
  }

  async mutate<T>(list: readonly Parts[], write: () => T | PromiseLike<T>): Promise<T> {
    return (await mutate(this.#scope, list.map(this.#key), write)) as T;
  }

  readonly #key = (parts: Parts): unknown[] => [this.#name, ...parts];
}
