/**
 * What the plugin uses of mongoose 8 and 9, and no more: their own types differ, and an application has one of them.
 */

/** A session of the MongoDB driver. */
export interface Session {
  inTransaction(): boolean;
  commitTransaction(...options: readonly unknown[]): Promise<unknown>;
  abortTransaction(...options: readonly unknown[]): Promise<unknown>;
}

export interface Model {
  new (values: unknown): Doc;
  readonly modelName: string;
  readonly schema: Schema;
  readonly db: {
    readonly base: {
      /** Only where the application has switched `transactionAsyncLocalStorage` on. */
      readonly transactionAsyncLocalStorage?: { getStore(): { readonly session?: Session } | undefined };
    };
  };
  findById(id: unknown): Lookup;
}

/** A query for one document, as far as it is built here. */
interface Lookup {
  select(path: string): Lookup;
  session(session: Session | null): Lookup;
  lean(): Lookup;
  exec(): Promise<unknown>;
}

export interface Doc {
  readonly constructor: Model;
  readonly _id: unknown;
  readonly $isNew: boolean;
  get(path: string): unknown;
  isModified(path: string): boolean;
  isSelected(path: string): boolean;
  $session(): Session | null | undefined;
}

export interface Query {
  readonly op: string;
  readonly model: Model;
  getFilter(): unknown;
  getUpdate(): unknown;
  getOptions(): Options;
}

/** Options of an operation. */
export interface Options {
  readonly session?: Session | null;
  readonly userCache?: unknown;
  readonly collation?: unknown;
}

export interface SchemaType {
  readonly instance: string;
  cast(value: unknown): unknown;
}

type Hook = (this: never, ...args: never[]) => unknown;

/** As much of a schema as the types of both versions agree on. */
export interface AnySchema {
  readonly methods: object;
  readonly statics: object;
  path(name: string): unknown;
}

export interface Schema extends AnySchema {
  pre: (names: string[], options: { document: boolean; query: boolean }, hook: Hook) => unknown;
  post: (
    names: string[],
    options: { document: boolean; query: boolean; errorHandler?: boolean },
    hook: Hook,
  ) => unknown;
  method: (name: string, method: Hook, options: { suppressWarning: boolean }) => unknown;
  static: (name: string, method: Hook) => unknown;
}
