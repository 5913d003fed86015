import { CommandError } from '../errors.js';
import type { Collection } from '../store/collection.js';
import type { Document } from '../store/document.js';
import type { IndexSpec } from '../store/unique-index.js';
import { Arguments } from './arguments.js';
import type { Command, CommandContext } from './command.js';

/** `expireAfterSeconds` and `collation` are missing on purpose: nothing here would honour them. */
const INDEX_FIELDS = ['key', 'name', 'unique', 'sparse', 'background', 'v', 'partialFilterExpression'];

function readSpec(given: Document): IndexSpec {
  const args = new Arguments(given, 'createIndexes.indexes');
  args.allowOnly(INDEX_FIELDS);
  const key = args.document('key');
  const partialFilterExpression = args.optionalDocument('partialFilterExpression');
  for (const [path, kind] of Object.entries(key)) {
    if (kind !== 1 && kind !== -1) {
      throw new CommandError(
        115,
        `the stand-in for development has no '${String(kind)}' index (of the path '${path}')`,
      );
    }
  }
  return {
    name: args.text('name'),
    key,
    unique: args.flag('unique'),
    sparse: args.flag('sparse'),
    ...(partialFilterExpression === undefined ? {} : { partialFilterExpression }),
  };
}

function existing({ databases, database }: CommandContext, name: string): Collection {
  const collection = databases.find(database, name);
  if (collection === undefined) throw new CommandError(26, `ns does not exist: ${database}.${name}`);
  return collection;
}

const createIndexes: Command = {
  names: ['createIndexes'],
  fields: ['indexes', 'commitQuorum'],
  run(args, { databases, database }) {
    const specs = args.documents('indexes').map(readSpec);
    const name = args.text('createIndexes');
    const createdCollectionAutomatically = databases.find(database, name) === undefined;
    const collection = databases.open(database, name);
    const numIndexesBefore = collection.indexes().length;
    for (const spec of specs) collection.createIndex(spec);
    return { numIndexesBefore, numIndexesAfter: collection.indexes().length, createdCollectionAutomatically };
  },
};

const listIndexes: Command = {
  names: ['listIndexes'],
  fields: ['cursor'],
  run(args, context) {
    const collection = existing(context, args.text('listIndexes'));
    const specs = collection.indexes().map(({ name, key, unique, sparse, partialFilterExpression }): Document => ({
      v: 2,
      key,
      name,
      ...(unique && name !== '_id_' ? { unique } : {}),
      ...(sparse ? { sparse } : {}),
      ...(partialFilterExpression === undefined ? {} : { partialFilterExpression }),
    }));
    return context.cursors.start(collection.namespace, specs);
  },
};

const dropIndexes: Command = {
  names: ['dropIndexes', 'deleteIndexes'],
  fields: ['index'],
  run(args, context) {
    const collection = existing(context, args.text('dropIndexes'));
    const nIndexesWas = collection.indexes().length;
    for (const name of namesToDrop(collection, args.raw('index'))) collection.dropIndex(name);
    return { nIndexesWas };
  },
};

function namesToDrop(collection: Collection, index: unknown): string[] {
  const names = collection.indexes().map(({ name }) => name);
  if (index === '*') return names.filter((name) => name !== '_id_');
  if (typeof index === 'string') return [index];
  if (Array.isArray(index) && index.every((name) => typeof name === 'string')) return index;
  throw new CommandError(115, 'the stand-in for development drops an index by its name');
}

export const indexCommands: readonly Command[] = [createIndexes, listIndexes, dropIndexes];
