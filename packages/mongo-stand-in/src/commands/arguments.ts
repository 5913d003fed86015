import { CommandError } from '../errors.js';
import { isDocument, type Document } from '../store/document.js';

/** What a driver may put beside any command. None of it changes an answer here: one process holds the one copy of the data. */
const GENERAL = new Set([
  '$db',
  '$clusterTime',
  '$readPreference',
  'lsid',
  'comment',
  'maxTimeMS',
  'readConcern',
  'writeConcern',
  'apiVersion',
  'apiStrict',
  'apiDeprecationErrors',
]);

/** Reads the fields of one command, or of one entry of a write command, and refuses what is not of its kind. */
export class Arguments {
  readonly #fields: Document;
  readonly #where: string;

  constructor(fields: Document, where: string) {
    this.#fields = fields;
    this.#where = where;
  }

  /** An option that would silently do nothing is worse than an error. */
  allowOnly(names: readonly string[]): void {
    const unknown = Object.keys(this.#fields).find((name) => !names.includes(name) && !GENERAL.has(name));
    if (unknown !== undefined) {
      throw new CommandError(40415, `the stand-in for development does not know the field '${this.#where}.${unknown}'`);
    }
  }

  has(name: string): boolean {
    return (this.#fields[name] ?? undefined) !== undefined;
  }

  raw(name: string): unknown {
    return this.#fields[name];
  }

  text(name: string): string {
    const value = this.#fields[name];
    return typeof value === 'string' ? value : this.#refuse(name, 'a string');
  }

  flag(name: string, missing = false): boolean {
    const value = this.#fields[name] ?? missing;
    if (typeof value === 'number') return value !== 0;
    return typeof value === 'boolean' ? value : this.#refuse(name, 'a boolean');
  }

  /** A count: 0 or more. */
  count(name: string, missing: number): number {
    const value = this.#fields[name] ?? missing;
    return typeof value === 'number' && value >= 0
      ? Math.trunc(value)
      : this.#refuse(name, 'a number that is not negative');
  }

  document(name: string): Document {
    return this.optionalDocument(name) ?? {};
  }

  optionalDocument(name: string): Document | undefined {
    const value = this.#fields[name] ?? undefined;
    return value === undefined || isDocument(value) ? value : this.#refuse(name, 'a document');
  }

  documents(name: string): Document[] {
    return this.optionalDocuments(name) ?? this.#refuse(name, 'an array');
  }

  optionalDocuments(name: string): Document[] | undefined {
    const value = this.#fields[name] ?? undefined;
    if (value === undefined) return undefined;
    return Array.isArray(value) && value.every(isDocument) ? value : this.#refuse(name, 'an array of documents');
  }

  list(name: string): unknown[] {
    const value = this.#fields[name];
    return Array.isArray(value) ? value : this.#refuse(name, 'an array');
  }

  #refuse(name: string, kind: string): never {
    throw new CommandError(14, `the field '${this.#where}.${name}' must be ${kind}`);
  }
}
