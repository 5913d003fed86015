import { Long } from 'bson';

import { aggregate, distinct, project, select, type Selection } from '../query/select.js';
import type { Document } from '../store/document.js';
import type { Arguments } from './arguments.js';
import type { Command, CommandContext } from './command.js';

function candidates({ databases, database }: CommandContext, name: string, filter?: Document) {
  return databases.find(database, name)?.candidates(filter) ?? [];
}

function reading(args: Arguments) {
  return { collation: args.optionalDocument('collation'), variables: args.optionalDocument('let') };
}

const find: Command = {
  names: ['find'],
  // `hint`: every query walks its whole collection, so it can be followed by doing nothing.
  fields: [
    'filter',
    'sort',
    'projection',
    'skip',
    'limit',
    'batchSize',
    'singleBatch',
    'hint',
    'collation',
    'let',
    'noCursorTimeout',
    'allowDiskUse',
  ],
  run(args, context) {
    const name = args.text('find');
    const selection: Selection = {
      filter: args.document('filter'),
      sort: args.optionalDocument('sort'),
      skip: args.count('skip', 0),
      limit: args.count('limit', 0),
      ...reading(args),
    };
    const found = select(candidates(context, name, selection.filter), selection);
    const answer = project(found, args.document('projection'), selection.filter, selection);
    const batchSize = args.has('batchSize') ? args.count('batchSize', 0) : undefined;
    return context.cursors.start(`${context.database}.${name}`, answer, batchSize, args.flag('singleBatch'));
  },
};

const getMore: Command = {
  names: ['getMore'],
  fields: ['collection', 'batchSize'],
  run: (args, { cursors, database }) =>
    cursors.next(args.count('getMore', 0), `${database}.${args.text('collection')}`, args.count('batchSize', 0)),
};

const killCursors: Command = {
  names: ['killCursors'],
  fields: ['cursors'],
  run(args, { cursors }) {
    const ids = args.list('cursors').map(Number);
    const killed = ids.filter((id) => cursors.kill(id));
    const asLong = (list: number[]) => list.map((id) => Long.fromNumber(id));
    return {
      cursorsKilled: asLong(killed),
      cursorsNotFound: asLong(ids.filter((id) => !killed.includes(id))),
      cursorsAlive: [],
      cursorsUnknown: [],
    };
  },
};

const count: Command = {
  names: ['count'],
  fields: ['query', 'limit', 'skip', 'hint', 'collation'],
  run(args, context) {
    const selection = {
      filter: args.document('query'),
      skip: args.count('skip', 0),
      limit: args.count('limit', 0),
      ...reading(args),
    };
    return { n: select(candidates(context, args.text('count'), selection.filter), selection).length };
  },
};

const distinctValues: Command = {
  names: ['distinct'],
  fields: ['key', 'query', 'hint', 'collation'],
  run(args, context) {
    const found = select(candidates(context, args.text('distinct')), {
      filter: args.document('query'),
      ...reading(args),
    });
    return { values: distinct(found, args.text('key')) };
  },
};

const aggregation: Command = {
  names: ['aggregate'],
  fields: ['pipeline', 'cursor', 'allowDiskUse', 'bypassDocumentValidation', 'hint', 'collation', 'let'],
  run(args, context) {
    const name = args.text('aggregate');
    const { batchSize } = args.document('cursor');
    const answer = aggregate(candidates(context, name), args.documents('pipeline'), reading(args), (from) =>
      candidates(context, from),
    );
    return context.cursors.start(
      `${context.database}.${name}`,
      answer,
      typeof batchSize === 'number' ? batchSize : undefined,
    );
  },
};

export const reads: readonly Command[] = [find, getMore, killCursors, count, distinctValues, aggregation];
