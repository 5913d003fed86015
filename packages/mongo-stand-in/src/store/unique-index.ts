import { Query } from 'mingo';
import { resolve } from 'mingo/util';

import { identity, type Document } from './document.js';

export interface IndexSpec {
  readonly name: string;
  readonly key: Readonly<Document>;
  readonly unique: boolean;
  readonly sparse: boolean;
  readonly partialFilterExpression?: Document;
}

/** Which document holds which key of one unique index. */
export class UniqueIndex {
  readonly spec: IndexSpec;
  readonly #holders = new Map<string, Document>();
  readonly #paths: readonly string[];
  readonly #covers: Query | undefined;

  constructor(spec: IndexSpec) {
    this.spec = spec;
    this.#paths = Object.keys(spec.key);
    this.#covers =
      spec.partialFilterExpression === undefined
        ? undefined
        : new Query(spec.partialFilterExpression, { scriptEnabled: false });
  }

  /** The values that are taken already by a document other than `replaced`, or `undefined`. */
  conflict(document: Document, replaced?: Document): Document | undefined {
    for (const values of this.#keysOf(document)) {
      const holder = this.#holders.get(identity(...values));
      if (holder === undefined || holder === replaced) continue;
      return Object.fromEntries(this.#paths.map((path, position) => [path, values[position] ?? null]));
    }
    return undefined;
  }

  add(document: Document): void {
    for (const values of this.#keysOf(document)) this.#holders.set(identity(...values), document);
  }

  remove(document: Document): void {
    for (const values of this.#keysOf(document)) this.#holders.delete(identity(...values));
  }

  /** An array puts one key per element into the index (a multikey index), as the array's documents must not share any of them. */
  #keysOf(document: Document): unknown[][] {
    if (this.#covers !== undefined && !this.#covers.test(document)) return [];
    const values = this.#paths.map((path) => resolve(document, path));
    if (this.spec.sparse && values.every((value) => value === undefined)) return [];
    return values.reduce<unknown[][]>(
      (keys, value) => keys.flatMap((key) => elements(value).map((element) => [...key, element])),
      [[]],
    );
  }
}

function elements(value: unknown): readonly unknown[] {
  return Array.isArray(value) && value.length > 0 ? value : [value];
}
