import { calculateObjectSize, ObjectId } from 'bson';

import { CommandError } from '../errors.js';
import { identity, MAX_DOCUMENT_BYTES, type Document } from './document.js';
import { UniqueIndex, type IndexSpec } from './unique-index.js';
import { wantedIds } from './wanted-ids.js';

const ID_INDEX: IndexSpec = { name: '_id_', key: { _id: 1 }, unique: true, sparse: false };

/** What became of one document since a collection was forked. */
interface Change {
  readonly before: Document | undefined;
  readonly after: Document | undefined;
}

/**
 * **A stored document is never changed in place.** A write puts a new object where the old one was, so a cursor that still holds the
 * old one goes on reading what its query found, and nothing that has left the store can reach back into it.
 */
export class Collection {
  readonly namespace: string;
  readonly #documents = new Map<string, Document>();
  readonly #indexes = new Map<string, IndexSpec>([[ID_INDEX.name, ID_INDEX]]);
  readonly #unique = new Map<string, UniqueIndex>();
  /** What was there when this was forked. */
  #origin: ReadonlyMap<string, Document> = new Map<string, Document>();

  constructor(namespace: string) {
    this.namespace = namespace;
  }

  /** At least those the filter matches, in the order of insertion, MongoDB's natural order. The caller may write while it walks the list. */
  candidates(filter: Document = {}): Document[] {
    const wanted = wantedIds(filter);
    if (wanted === undefined) return [...this.#documents.values()];
    return [...this.#documents].filter(([key]) => wanted.has(key)).map(([, document]) => document);
  }

  insert(given: Document): Document {
    const { _id = new ObjectId(), ...rest } = given;
    const document: Document = { _id, ...rest };
    const key = identity(_id);
    if (this.#documents.has(key)) throw this.#duplicate(ID_INDEX, { _id });
    this.#admit(document);
    this.#documents.set(key, document);
    for (const index of this.#unique.values()) index.add(document);
    return document;
  }

  replace(current: Document, next: Document): void {
    this.#admit(next, current);
    for (const index of this.#unique.values()) {
      index.remove(current);
      index.add(next);
    }
    this.#documents.set(identity(current._id), next);
  }

  remove(document: Document): void {
    this.#documents.delete(identity(document._id));
    for (const index of this.#unique.values()) index.remove(document);
  }

  fork(): Collection {
    const fork = new Collection(this.namespace);
    for (const [key, document] of this.#documents) fork.#documents.set(key, document);
    for (const index of this.#indexes.values()) fork.createIndex(index);
    fork.#origin = new Map(this.#documents);
    return fork;
  }

  /** Since this was forked. */
  get changes(): readonly Change[] {
    return [...new Set([...this.#origin.keys(), ...this.#documents.keys()])]
      .map((key) => ({ before: this.#origin.get(key), after: this.#documents.get(key) }))
      .filter(({ before, after }) => before !== after);
  }

  /** @throws CommandError where another writer changed one of the documents in between, or a unique index is in the way */
  apply(changes: readonly Change[]): void {
    for (const { before, after } of changes) {
      const { _id } = before ?? after ?? {};
      if (this.#documents.get(identity(_id)) === before) continue;
      throw new CommandError(112, `Write conflict during a transaction in ${this.namespace}: please retry`, {
        errorLabels: ['TransientTransactionError'],
      });
    }
    // What is removed goes first: what comes may take its place in a unique index.
    for (const { before, after } of changes) if (before && !after) this.remove(before);
    for (const { before, after } of changes) if (before && after) this.replace(before, after);
    for (const { before, after } of changes) if (!before && after) this.insert(after);
  }

  indexes(): IndexSpec[] {
    return [...this.#indexes.values()];
  }

  /** @returns whether the index is new; the same index twice is no error. */
  createIndex(spec: IndexSpec): boolean {
    const key = identity(spec.key);
    const known = this.indexes().find((index) => index.name === spec.name || identity(index.key) === key);
    if (known !== undefined) {
      if (known.name === '_id_' || identity(known) === identity(spec)) return false;
      throw new CommandError(
        85,
        `An index with the same name or key but other options exists on ${this.namespace}: ${known.name}`,
      );
    }
    if (spec.unique) this.#unique.set(spec.name, this.#build(spec));
    this.#indexes.set(spec.name, spec);
    return true;
  }

  dropIndex(name: string): void {
    if (name === ID_INDEX.name) throw new CommandError(72, 'cannot drop _id index');
    if (!this.#indexes.delete(name)) throw new CommandError(27, `index not found with name [${name}]`);
    this.#unique.delete(name);
  }

  #build(spec: IndexSpec): UniqueIndex {
    const index = new UniqueIndex(spec);
    for (const document of this.#documents.values()) {
      const taken = index.conflict(document);
      if (taken !== undefined) throw this.#duplicate(spec, taken);
      index.add(document);
    }
    return index;
  }

  #admit(document: Document, replaced?: Document): void {
    if (calculateObjectSize(document) > MAX_DOCUMENT_BYTES) {
      throw new CommandError(10334, `a document of ${this.namespace} would be larger than ${MAX_DOCUMENT_BYTES} bytes`);
    }
    for (const index of this.#unique.values()) {
      const taken = index.conflict(document, replaced);
      if (taken !== undefined) throw this.#duplicate(index.spec, taken);
    }
  }

  #duplicate({ name, key }: IndexSpec, keyValue: Document): CommandError {
    const shown = Object.entries(keyValue).map(([path, value]) => `${path}: ${JSON.stringify(value)}`);
    return new CommandError(
      11000,
      `E11000 duplicate key error collection: ${this.namespace} index: ${name} dup key: { ${shown.join(', ')} }`,
      { keyPattern: key, keyValue },
    );
  }
}
