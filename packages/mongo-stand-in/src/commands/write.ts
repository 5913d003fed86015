import { CommandError, toCommandError } from '../errors.js';
import { select } from '../query/select.js';
import type { Document } from '../store/document.js';
import { Arguments } from './arguments.js';
import { changeMatching, readChange, UPDATE_FIELDS, type Outcome } from './change.js';
import type { Command } from './command.js';

/**
 * Runs the entries of a write command. A bad entry becomes one of the `writeErrors` of a command that is itself well; unless the
 * command says `ordered: false`, the entries behind it are not tried.
 */
function runEntries(
  entries: readonly Document[],
  ordered: boolean,
  run: (entry: Document, index: number) => void,
): Document {
  const writeErrors: Document[] = [];
  for (const [index, entry] of entries.entries()) {
    try {
      run(entry, index);
    } catch (error) {
      const { code, message, extra } = toCommandError(error);
      writeErrors.push({ index, code, errmsg: message, ...extra });
      if (ordered) break;
    }
  }
  return writeErrors.length === 0 ? {} : { writeErrors };
}

const insert: Command = {
  names: ['insert'],
  fields: ['documents', 'ordered', 'bypassDocumentValidation'],
  run(args, { databases, database }) {
    const documents = args.documents('documents');
    const collection = databases.open(database, args.text('insert'));
    let n = 0;
    const errors = runEntries(documents, args.flag('ordered', true), (document) => {
      collection.insert(document);
      n += 1;
    });
    return { n, ...errors };
  },
};

const update: Command = {
  names: ['update'],
  fields: ['updates', 'ordered', 'bypassDocumentValidation', 'let'],
  run(args, { databases, database }) {
    const collection = databases.open(database, args.text('update'));
    const total: Outcome = { matched: 0, modified: 0 };
    const upserted: Document[] = [];
    const errors = runEntries(args.documents('updates'), args.flag('ordered', true), (entry, index) => {
      const fields = new Arguments(entry, 'update.updates');
      fields.allowOnly(UPDATE_FIELDS);
      const change = readChange(fields, 'q', 'u', args.optionalDocument('let'));
      const multi = fields.flag('multi');
      if (multi && isReplacement(change.change))
        throw new CommandError(2, 'multi update is not supported for replacement-style update');
      changeMatching(collection, change, multi, total);
      if (total.upserted === undefined) return;
      upserted.push({ index, _id: total.upserted._id });
      delete total.upserted;
    });
    return { n: total.matched, nModified: total.modified, ...(upserted.length === 0 ? {} : { upserted }), ...errors };
  },
};

function isReplacement(change: unknown): boolean {
  return !Array.isArray(change) && !Object.keys(change as Document).some((key) => key.startsWith('$'));
}

const remove: Command = {
  names: ['delete'],
  fields: ['deletes', 'ordered', 'let'],
  run(args, { databases, database }) {
    const collection = databases.find(database, args.text('delete'));
    let n = 0;
    const errors = runEntries(args.documents('deletes'), args.flag('ordered', true), (entry) => {
      const fields = new Arguments(entry, 'delete.deletes');
      fields.allowOnly(['q', 'limit', 'collation', 'hint']);
      const limit = fields.count('limit', 0);
      if (limit > 1) throw new CommandError(2, `the limit of a delete is 0 or 1, not ${limit}`);
      const selection = {
        filter: fields.document('q'),
        limit,
        collation: fields.optionalDocument('collation'),
        variables: args.optionalDocument('let'),
      };
      for (const document of select(collection?.candidates(selection.filter) ?? [], selection)) {
        collection?.remove(document);
        n += 1;
      }
    });
    return { n, ...errors };
  },
};

export const writes: readonly Command[] = [insert, update, remove];
