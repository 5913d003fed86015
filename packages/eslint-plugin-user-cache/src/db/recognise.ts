import type { SourceCode } from 'eslint';
import { type Analysis, memoize } from '../analysis.js';
import { type Call, type Node, dottedName, propertyName, unwrap, unwrapAwait } from '../ast/node.js';
import type { DatabaseCatalog } from '../catalog/database.js';
import { mongodb } from '../catalog/mongodb.js';
import { mongoose, mongooseDocument } from '../catalog/mongoose.js';
import { drizzle } from '../catalog/drizzle.js';
import { knex } from '../catalog/knex.js';
import { prisma } from '../catalog/prisma.js';
import { sequelize, sequelizeRow } from '../catalog/sequelize.js';
import { supabase } from '../catalog/supabase.js';
import { typeorm } from '../catalog/typeorm.js';
import { nameMatcher } from '../settings/pattern.js';
import { drizzleTable, tableOfChain } from './builder.js';
import { mongodbCollection } from './mongodb.js';
import { mongooseDocumentOf, mongooseModel } from './mongoose.js';
import { prismaModel } from './prisma.js';
import { repositoryCall } from './repository.js';
import { sequelizeModel } from './sequelize.js';
import { sqlCall } from './sql.js';
import { terminalOf } from './terminal.js';
import { typeormEntity } from './typeorm.js';
import type { DbCall, DbReceiver, DbWrite } from './types.js';

interface MethodTable {
  readonly library: string;
  readonly eager: ReadonlySet<string>;
  readonly lazy: ReadonlySet<string>;
  readonly reads: ReadonlySet<string>;
  readonly ofList: ReadonlySet<string>;
  readonly telling: ReadonlySet<string>;
  readonly receiver: (object: Node, call: Call, sourceCode: SourceCode) => DbReceiver | undefined;
}

const TABLES: readonly MethodTable[] = [
  tableOf(prisma, prismaModel),
  tableOf(mongodb, (object, _call, sourceCode) => mongodbCollection(object, sourceCode)),
  tableOf(mongoose, (object, _call, sourceCode) => mongooseModel(object, sourceCode)),
  {
    library: 'mongoose',
    eager: new Set(mongooseDocument.eagerWrites),
    lazy: new Set(mongooseDocument.lazyWrites),
    reads: new Set(),
    ofList: new Set(),
    telling: new Set(),
    receiver: (object, _call, sourceCode) => mongooseDocumentOf(object, sourceCode),
  },
  tableOf(sequelize, sequelizeModel),
  {
    library: 'sequelize',
    eager: new Set(sequelizeRow.eagerWrites),
    lazy: new Set(),
    reads: new Set(),
    ofList: new Set(),
    telling: new Set(),
    receiver: (object, _call, sourceCode) => mongooseDocumentOf(object, sourceCode),
  },
  tableOf(typeorm, typeormEntity),
  tableOf(drizzle, drizzleTable),
  tableOf(supabase, tableOfChain(supabase)),
  tableOf(knex, tableOfChain(knex)),
];

const METHODS: ReadonlySet<string> = new Set(
  TABLES.flatMap((table) => [...table.eager, ...table.lazy, ...table.reads]),
);

function tableOf(catalog: DatabaseCatalog, receiver: MethodTable['receiver']): MethodTable {
  return {
    library: catalog.library,
    eager: new Set(catalog.eagerWrites),
    lazy: new Set(catalog.lazyWrites),
    reads: new Set(catalog.reads),
    ofList: new Set([...catalog.inserts, ...catalog.lists]),
    telling: new Set(catalog.telling),
    receiver,
  };
}

/** What a call does to the database, decided by its receiver and never by the method's name alone. */
export const recogniseDbCall = memoize(
  (call: Call, analysis): DbCall | undefined =>
    declaredWrite(call, analysis) ??
    libraryCall(call, analysis.sourceCode) ??
    sqlCall(call, analysis) ??
    repositoryCall(call, analysis.sourceCode),
);

export function isWrite(call: DbCall | undefined): call is DbWrite {
  return call?.effect === 'write';
}

/** Settings: `{ "callee": "usersRepo.*", "entity": "User" }`. */
function declaredWrite(call: Call, { settings }: Analysis): DbCall | undefined {
  if (settings.writers.length === 0) return undefined;
  const callee = dottedName(call.callee);
  if (callee === undefined) return undefined;
  const writer = settings.writers.find((declared) => nameMatcher([declared.callee])(callee));
  if (writer === undefined) return undefined;
  const method = callee.slice(callee.lastIndexOf('.') + 1);
  const { entity } = writer;
  return {
    node: call,
    library: 'settings',
    effect: 'write',
    method,
    entity,
    ofList: false,
    lazy: false,
    terminal: call,
  };
}

function libraryCall(call: Call, sourceCode: SourceCode): DbCall | undefined {
  const callee = unwrap(call.callee);
  if (callee.type !== 'MemberExpression') return undefined;
  const method = propertyName(callee);
  if (method === undefined || !METHODS.has(method)) return undefined;
  const object = unwrapAwait(callee.object);

  for (const table of TABLES) {
    const lazy = table.lazy.has(method);
    const writes = lazy || table.eager.has(method);
    if (!writes && !table.reads.has(method)) continue;
    const receiver = table.receiver(object, call, sourceCode);
    if (!receiver || (receiver.proof === 'named' && table.telling.size > 0 && !table.telling.has(method))) continue;
    const terminal = lazy ? terminalOf(call, sourceCode) : call;
    if (terminal === undefined) return undefined;
    const effect = writes ? 'write' : 'read';
    const ofList = table.ofList.has(method) || receiver.isNew === true;
    return { node: call, library: table.library, effect, method, entity: receiver.entity, ofList, lazy, terminal };
  }
  return undefined;
}

const METHOD_WRITES = [...new Set(TABLES.flatMap((table) => [...table.eager, ...table.lazy]))].join('|');
const WRITES = new RegExp(
  `\\b(?:${METHOD_WRITES})\\b|(?:Repository|Repo|Dao|Model)\\.|INSERT\\s|UPDATE\\s|DELETE\\s`,
  'i',
);

/** The cheap question before any analysis: whether the text of a file holds the name of a method that writes. */
export function mayWrite({ sourceCode, settings }: Analysis): boolean {
  return settings.writers.length > 0 || WRITES.test(sourceCode.text);
}
