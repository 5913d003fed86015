import { CommandError } from '../errors.js';
import { Collection } from './collection.js';

/** Every database of one stand-in. Databases and collections come into being with their first write, as in MongoDB. */
export class Databases {
  #databases = new Map<string, Map<string, Collection>>();

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

  /** The same data, to be changed on its own. Documents are never changed in place, so only the lists of them are copied. */
  fork(): Databases {
    const fork = new Databases();
    for (const [database, collections] of this.#databases) {
      const forks = [...collections].map(([name, one]): [string, Collection] => [name, one.fork()]);
      fork.#databases.set(database, new Map(forks));
    }
    return fork;
  }

  /** Puts in place what was changed in a fork since it was made: all of it, or, where it fails, nothing. @throws CommandError */
  merge(fork: Databases): void {
    const next = this.fork();
    for (const [database, collections] of fork.#databases) {
      for (const [name, { changes }] of collections) if (changes.length > 0) next.open(database, name).apply(changes);
    }
    this.#databases = next.#databases;
  }
}
