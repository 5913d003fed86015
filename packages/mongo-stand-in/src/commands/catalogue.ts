import { CommandError } from '../errors.js';
import { select } from '../query/select.js';
import type { Document } from '../store/document.js';
import type { Command } from './command.js';

const create: Command = {
  names: ['create'],
  fields: [],
  run(args, { databases, database }) {
    const name = args.text('create');
    if (databases.find(database, name) !== undefined)
      throw new CommandError(48, `Collection ${database}.${name} already exists.`);
    databases.open(database, name);
    return {};
  },
};

const drop: Command = {
  names: ['drop'],
  fields: [],
  run(args, { databases, database }) {
    const name = args.text('drop');
    // MongoDB 7.0 and later: dropping what is not there is no error.
    return databases.drop(database, name) ? { ns: `${database}.${name}` } : {};
  },
};

const dropDatabase: Command = {
  names: ['dropDatabase'],
  fields: [],
  run: (_args, { databases, database }) => (databases.dropDatabase(database) ? { dropped: database } : {}),
};

const listCollections: Command = {
  names: ['listCollections'],
  fields: ['filter', 'nameOnly', 'authorizedCollections', 'cursor'],
  run(args, { databases, cursors, database }) {
    const entries = [...databases.collections(database).keys()].map((name): Document => ({
      name,
      type: 'collection',
      ...(args.flag('nameOnly') ? {} : { options: {}, info: { readOnly: false } }),
    }));
    return cursors.start(`${database}.$cmd.listCollections`, select(entries, { filter: args.document('filter') }));
  },
};

const listDatabases: Command = {
  names: ['listDatabases'],
  fields: ['filter', 'nameOnly', 'authorizedDatabases'],
  run(args, { databases }) {
    const entries = databases.names().map((name): Document => ({
      name,
      ...(args.flag('nameOnly') ? {} : { sizeOnDisk: 0, empty: databases.collections(name).size === 0 }),
    }));
    return { databases: select(entries, { filter: args.document('filter') }), totalSize: 0 };
  },
};

export const catalogue: readonly Command[] = [create, drop, dropDatabase, listCollections, listDatabases];
