import { CommandError } from './errors.js';
import type { Databases } from './store/databases.js';
import { identity, type Document } from './store/document.js';

/** What drivers tell whoever may run the transaction once more. */
const AGAIN = { errorLabels: ['TransientTransactionError'] };

/** The commands that MongoDB runs in a transaction, as far as they are here. */
const ALLOWED = new Set([
  'find',
  'getMore',
  'killCursors',
  'distinct',
  'aggregate',
  'insert',
  'update',
  'delete',
  'findAndModify',
  'findandmodify',
]);

/**
 * The transactions that are open. Each reads and writes a copy of what was there when it began. A commit puts what it changed in
 * place, unless somebody else changed the same document since: then, as in MongoDB, nothing of it, and the driver tries again.
 */
export class Transactions {
  readonly #open = new Map<string, Databases>();

  /**
   * Runs a command of a transaction on the transaction's data. Whatever fails ends the transaction, as in MongoDB.
   *
   * @throws CommandError
   */
  run(command: Document, live: Databases, run: (command: Document, databases: Databases) => Document): Document {
    const [name = ''] = Object.keys(command);
    const id = idOf(command);
    if (command.autocommit !== false || id === undefined) {
      throw new CommandError(
        20,
        'Transaction numbers are only allowed on a replica set member or mongos: the stand-in for development has ' +
          'transactions, and no retryable writes',
      );
    }
    if (command.startTransaction === true) this.#open.set(id, live.fork());
    const databases = this.#open.get(id);
    if (databases === undefined) throw new CommandError(251, 'the transaction has ended, or never began', AGAIN);
    if (name === 'commitTransaction' || name === 'abortTransaction') {
      this.#open.delete(id);
      if (name === 'commitTransaction') live.merge(databases);
      return {};
    }
    let answer: Document | undefined;
    try {
      if (!ALLOWED.has(name)) throw new CommandError(263, `Cannot run '${name}' in a multi-document transaction`);
      answer = run(withoutTransaction(command), databases);
      return answer;
    } finally {
      if (answer === undefined || 'writeErrors' in answer) this.#open.delete(id);
    }
  }
}

/** Whether a command is one of a transaction, or begins like one. */
export const isOfTransaction = (command: Document): boolean =>
  [...FIELDS, 'commitTransaction', 'abortTransaction'].some((name) => name in command);

const FIELDS = ['txnNumber', 'startTransaction', 'autocommit'];

const withoutTransaction = (command: Document): Document =>
  Object.fromEntries(Object.entries(command).filter(([name]) => !FIELDS.includes(name)));

/** A session has one transaction at a time, and counts them. */
function idOf({ lsid, txnNumber }: Document): string | undefined {
  return lsid === undefined || txnNumber === undefined ? undefined : identity(lsid, txnNumber);
}
