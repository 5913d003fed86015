/** Methods of SQL drivers that take the statement as text: pg, mysql2, better-sqlite3, pg-promise, sequelize, knex, prisma. */
export const SQL_METHODS: ReadonlySet<string> = new Set([
  'query',
  'queryOne',
  'execute',
  'exec',
  'run',
  'get',
  'all',
  'any',
  'one',
  'oneOrNone',
  'none',
  'many',
  'manyOrNone',
  'raw',
  'unsafe',
  '$queryRawUnsafe',
  '$executeRawUnsafe',
]);

/** A prepared statement is run by the next call of the chain. */
export const SQL_PREPARES = 'prepare';

export const SQL_WRITE =
  /^\s*(?:WITH\b[\s\S]*?\)\s*)?(INSERT\s+(?:OR\s+\w+\s+|IGNORE\s+)?INTO|REPLACE\s+INTO|UPDATE|DELETE\s+FROM|MERGE\s+INTO|TRUNCATE(?:\s+TABLE)?)\s+(?:ONLY\s+)?["`[]?([\w.]+)/i;

export const SQL_READ = /^\s*(?:WITH\b|SELECT\b)/i;

export const SQL_TABLES = /\b(?:FROM|JOIN)\s+(?:ONLY\s+)?["`[]?([A-Za-z_][\w.]*)/gi;

/** A statement that picks one row by its id. */
export const SQL_ONE_ROW =
  /\bWHERE\b[\s\S]*?(?:\b\w+\.|[\s("`])(?:id|uuid|slug|email|(?:\w+_)?(?:hash|code|key|token))["`\]]?\s*=\s*(?:\$|\?|:|@|%|\uE000)|\bLIMIT\s+1\b/i;

export const SQL_COUNTS = /\b(?:COUNT|SUM|AVG|GROUP\s+BY)\b/i;
