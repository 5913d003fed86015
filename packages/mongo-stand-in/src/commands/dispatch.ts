import { CommandError, toCommandError } from '../errors.js';
import type { Document } from '../store/document.js';
import { isOfTransaction, type Transactions } from '../transactions.js';
import { Arguments } from './arguments.js';
import { catalogue } from './catalogue.js';
import type { Command, CommandContext } from './command.js';
import { findAndModify } from './find-and-modify.js';
import { handshake } from './handshake.js';
import { indexCommands } from './indexes.js';
import { reads } from './read.js';
import { writes } from './write.js';

const commands = new Map<string, Command>(
  [...handshake, ...reads, ...writes, findAndModify, ...indexCommands, ...catalogue].flatMap((command) =>
    command.names.map((name): [string, Command] => [name, command]),
  ),
);

type Surroundings = Omit<CommandContext, 'database'> & { readonly transactions: Transactions };

/** Runs one command to its answer. Whatever goes wrong in it is an answer, too: the connection goes on. */
export function dispatch(document: Document, context: Surroundings): Document {
  try {
    return { ...route(document, context), ok: 1 };
  } catch (error) {
    return errorReply(error);
  }
}

export function errorReply(error: unknown): Document {
  const { code, codeName, message, extra } = toCommandError(error);
  return { ok: 0, errmsg: message, code, codeName, ...extra };
}

function route(document: Document, { transactions, ...context }: Surroundings): Document {
  if (!isOfTransaction(document)) return run(document, context);
  return transactions.run(document, context.databases, (command, databases) => run(command, { ...context, databases }));
}

function run(document: Document, context: Omit<CommandContext, 'database'>): Document {
  const [given = ''] = Object.keys(document);
  const command = commands.get(given);
  if (command === undefined) {
    throw new CommandError(
      59,
      `no such command: '${given}'. This is the in-process stand-in for development, which knows only what the app uses: ` +
        'set MONGODB_URI or put mongod on the PATH to run on MongoDB.',
    );
  }
  const [name] = command.names;
  const { [given]: target, ...fields } = document;
  const args = new Arguments({ [name]: target, ...fields }, name);
  if (command.fields !== undefined) args.allowOnly([name, ...command.fields]);
  const database = typeof document.$db === 'string' ? document.$db : 'test';
  return command.run(args, { ...context, database });
}
