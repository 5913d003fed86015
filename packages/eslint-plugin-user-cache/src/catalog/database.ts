/** What a library's page of the catalog says about its database calls. Data only: `db/` gives it meaning. */
export interface DatabaseCatalog {
  readonly library: string;
  /** Modules whose exports create the receivers below. */
  readonly modules: readonly string[];
  /** Type names that make an annotated binding a receiver. */
  readonly types: readonly string[];
  /** Methods that write as soon as they are called. */
  readonly eagerWrites: readonly string[];
  /** Methods that only build a query: nothing is written until it is awaited, returned, chained or handed on. */
  readonly lazyWrites: readonly string[];
  /** Writes that only add rows: they make no cached row stale, but every cached list of such rows. */
  readonly inserts: readonly string[];
  readonly reads: readonly string[];
  /** Reads whose result depends on which rows there are. */
  readonly lists: readonly string[];
  /**
   * Methods that no other library of the field has under the same name: enough to know a capitalised import as a model.
   * `create`, `update` and `save` are everywhere and prove nothing.
   */
  readonly telling: readonly string[];
  /** Methods that run the callback they are given inside a transaction, once, and await it. */
  readonly transactions: readonly string[];
}

/** A library whose queries are chains that name a table: `db('pets').where(...).update(...)`. */
export interface QueryBuilderCatalog extends DatabaseCatalog {
  /** Names by which projects know the client: the last part of `this.db`. */
  readonly clientNames: RegExp;
  /** Methods whose first argument is the table as text. */
  readonly tableCalls: readonly string[];
  /** The client itself is a function of the table: `knex('pets')`. */
  readonly isCallable: boolean;
}
