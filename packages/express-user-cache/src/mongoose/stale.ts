import { UserCacheTypeError } from '../errors.js';
import type { Key } from '../handle/types.js';
import type { UserId } from '../policy/salts.js';
import type { Stale } from './hold.js';
import { operationOf, type Rules } from './options.js';
import type { Doc, Model, SchemaType, Session } from './parts.js';
import { type Spelling, spellingsOf } from './spelling.js';
import { type Told, toldByFilter, toldByUpdate, UNTOLD, valueAt } from './told.js';

/** Keys of one namespace; with more the key ends before the field that makes them so many. */
const MOST_KEYS = 32;

/** What an operation says of documents that it changes: one of the three, and what becomes of them. */
export interface Change {
  readonly filter?: unknown;
  /** Under a collation the filter matches other values than its own, and tells nothing. */
  readonly collation?: unknown;
  /** That is saved, or that an `updateOne`, `replaceOne` or `deleteOne` was called on. */
  readonly document?: Doc | undefined;
  /** The fields of a document that is inserted. */
  readonly inserted?: unknown;
  /** Operators, a whole document, or a pipeline. */
  readonly update?: unknown;
}

/** What an operation makes stale; says so of every owner, or throws. */
export class StaleData {
  readonly #rules: Rules;

  constructor(rules: Rules) {
    this.#rules = rules;
  }

  /**
   * @param operation its name, for the error
   * @param option what the operation's option `userCache` is
   * @throws {UserCacheTypeError} `ERR_UC_OWNER_UNKNOWN`, `ERR_UC_BAD_OPTION`
   */
  async of(model: Model, operation: string, option: unknown, changes: readonly Change[]): Promise<Stale[]> {
    const said = operationOf(option);
    if (said === false) return [];
    const list = await Promise.all(
      changes.map(async (change) =>
        this.#stale(model, operation, change, said?.owners ?? (await this.#ownersOf(model, change))),
      ),
    );
    return list.flat();
  }

  #stale(model: Model, operation: string, change: Change, owners: Told): Stale[] {
    const { cache, owner: path, keys: namespaces } = this.#rules;
    const ids = owners && spelled(model, path, owners);
    // '' is no user, and forUser would refuse it in words that help nobody here.
    if (!ids || ids.includes('')) throw this.#unknown(model, operation);
    const keys = namespaces.flatMap(([namespace, fields]) => keysOf(model, namespace, fields, change));
    return keys.length === 0 ? [] : ids.map((id) => ({ cache: cache(), owner: id as UserId, keys }));
  }

  async #ownersOf(model: Model, change: Change): Promise<Told> {
    const { owner } = this.#rules;
    const before = await this.#ownersBefore(model, change);
    const after = toldByUpdate(change.update, owner);
    if (!before || after === UNTOLD) return undefined;
    return after ? [...before, ...after] : before;
  }

  async #ownersBefore(model: Model, { filter, collation, document, inserted }: Change): Promise<Told> {
    const { owner } = this.#rules;
    if (document) return this.#ownersOfDocument(document);
    if (inserted === undefined) return collation ? undefined : toldByFilter(filter, owner);
    // What is not given may have a default, which a document of the model has.
    return asTold(valueAt(inserted, owner) ?? new model(inserted).get(owner));
  }

  /** The owner, and where it was changed in the document also the one that the database has: both see a change. */
  async #ownersOfDocument(document: Doc): Promise<Told> {
    const { owner } = this.#rules;
    if (!document.$isNew && !document.isSelected(owner)) return undefined;
    const now = asTold(document.get(owner));
    if (document.$isNew || !document.isModified(owner)) return now;
    const session: Session | null = document.$session() ?? null;
    const stored = await document.constructor.findById(document._id).select(owner).session(session).lean().exec();
    return [...now, ...asTold(valueAt(stored, owner))];
  }

  #unknown({ modelName }: Model, operation: string): UserCacheTypeError {
    return new UserCacheTypeError(
      'ERR_UC_OWNER_UNKNOWN',
      `${modelName}.${operation}: it cannot be told whose cached data this makes stale, so it was not run. Put ` +
        `'${this.#rules.owner}' in the filter (a value, $eq or $in) or select it with the document; or set the option ` +
        'userCache: { owners: [id, …] }, or userCache: false where nothing that is cached changes',
    );
  }
}

const asTold = (value: unknown): readonly unknown[] => (value === undefined || value === null ? [] : [value]);

/** An id that the database makes is in nobody's key yet. */
const NEW = Symbol('new');

function toldOf({ filter, collation, update, document, inserted }: Change, field: string): Told | typeof NEW {
  // What it was and what it becomes are two keys: a shorter one is both.
  if (toldByUpdate(update, field) !== undefined) return undefined;
  if (document) return toldByDocument(document, field);
  if (inserted === undefined) return collation ? undefined : toldByFilter(filter, field);
  const value = valueAt(inserted, field);
  return value === undefined && field === '_id' ? NEW : asTold(value);
}

function toldByDocument(document: Doc, field: string): Told {
  const isSure = document.$isNew || (document.isSelected(field) && !document.isModified(field));
  return isSure ? asTold(document.get(field)) : undefined;
}

/** The values as the schema has them, in every spelling; `undefined` where one has none. */
function spelled({ schema }: Model, field: string, values: readonly unknown[]): readonly Spelling[] | undefined {
  const type = schema.path(field) as SchemaType;
  const list = values.map((value) => {
    try {
      return spellingsOf(type.cast(value));
    } catch {
      return undefined;
    }
  });
  return list.includes(undefined) ? undefined : [...new Set(list.flatMap((spellings) => spellings ?? []))];
}

function keysOf(model: Model, namespace: string, fields: readonly string[], change: Change): Key[] {
  let keys: Key[] = [[namespace]];
  for (const field of fields) {
    const values = toldOf(change, field);
    if (values === NEW) return [];
    const parts = values && spelled(model, field, values);
    if (!parts || parts.length === 0 || keys.length * parts.length > MOST_KEYS) break;
    keys = keys.flatMap((key) => parts.map((part): Key => [...key, part]));
  }
  return keys;
}
