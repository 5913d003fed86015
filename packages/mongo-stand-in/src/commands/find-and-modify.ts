import { CommandError } from '../errors.js';
import { project, select } from '../query/select.js';
import type { Collection } from '../store/collection.js';
import type { Document } from '../store/document.js';
import { changeOne, readChange, upsertOne, type Change } from './change.js';
import type { Command } from './command.js';

interface Result {
  readonly lastErrorObject: Document;
  readonly value: Document | undefined;
}

export const findAndModify: Command = {
  names: ['findAndModify', 'findandmodify'],
  fields: [
    'query',
    'sort',
    'remove',
    'update',
    'new',
    'fields',
    'upsert',
    'arrayFilters',
    'bypassDocumentValidation',
    'collation',
    'hint',
    'let',
  ],
  run(args, { databases, database }) {
    const change = readChange(args, 'query', 'update', args.optionalDocument('let'));
    const removing = args.flag('remove');
    if (removing === args.has('update')) throw new CommandError(2, "findAndModify takes either 'remove' or 'update'");
    const collection = databases.open(database, args.text('findAndModify'));
    const [found] = select(collection.candidates(change.filter), {
      ...change,
      sort: args.optionalDocument('sort'),
      limit: 1,
    });
    const { lastErrorObject, value } = removing
      ? removeFound(collection, found)
      : changeFound(collection, found, change, args.flag('new'));
    const [projected] = project(value === undefined ? [] : [value], args.document('fields'), {}, change);
    return { lastErrorObject, value: projected ?? null };
  },
};

function removeFound(collection: Collection, found: Document | undefined): Result {
  if (found !== undefined) collection.remove(found);
  return { lastErrorObject: { n: found === undefined ? 0 : 1 }, value: found };
}

function changeFound(collection: Collection, found: Document | undefined, change: Change, wantsNew: boolean): Result {
  if (found !== undefined) {
    const { document } = changeOne(collection, found, change);
    return { lastErrorObject: { n: 1, updatedExisting: true }, value: wantsNew ? document : found };
  }
  if (!change.upsert) return { lastErrorObject: { n: 0, updatedExisting: false }, value: undefined };
  const document = upsertOne(collection, change);
  return {
    lastErrorObject: { n: 1, updatedExisting: false, upserted: document._id },
    value: wantsNew ? document : undefined,
  };
}
