import type { QueryBuilderCatalog } from './database.js';

/** knex 3, and objection's `Model.query()` is not: its models are named. Source: the query builder page of its documentation. */
export const knex = {
  library: 'knex',
  modules: ['knex'],
  types: ['Knex'],
  clientNames: /^(?:knex\w*|db|trx|tx|database|conn|connection|\w*Db|\w*Knex)$/i,
  tableCalls: ['from', 'table', 'into'],
  isCallable: true,
  eagerWrites: [],
  lazyWrites: ['insert', 'update', 'upsert', 'del', 'delete', 'truncate', 'increment', 'decrement'],
  inserts: ['insert'],
  reads: ['select', 'first', 'where', 'pluck', 'count', 'join', 'leftJoin', 'orderBy', 'limit'],
  lists: ['select', 'where', 'pluck', 'count', 'join', 'leftJoin', 'orderBy', 'limit'],
  telling: [],
  transactions: ['transaction'],
} as const satisfies QueryBuilderCatalog;
