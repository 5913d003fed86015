import { CommandError } from '../errors.js';
import { Collection } from './collection.js';

/** Every database of one stand-in. Databases and collections come into being with their first write, as in MongoDB. */
export class Databases {
  readonly #databases = new Map<string, Map<string, Collection>>();

  names(): string[] {
    return [...this.#databases.keys()].sort();
  }

  collections(database: string): ReadonlyMap<string, Collection> {
    return this.#databases.get(database) ?? new Map<string, Collection>();
  }

  find(database: string, name: string): Collection | undefined {
    return this.#databases.get(database)?.get(name);
  }

  open(database: string, name: string): Collection {
    if (!/^[^$\0]+$/.test(name)) throw new CommandError(73, `Invalid collection name: '${name}'`);
    const collections = this.#databases.get(database) ?? new Map<string, Collection>();
    const collection = collections.get(name) ?? new Collection(`${database}.${name}`);
    collections.set(name, collection);
    this.#databases.set(database, collections);
    return collection;
  }

  drop(database: string, name: string): boolean {
    return this.#databases.get(database)?.delete(name) ?? false;
  }

  dropDatabase(database: string): boolean {
    return this.#databases.delete(database);
  }
}
