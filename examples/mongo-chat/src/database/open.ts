import { startStandIn } from 'mongo-stand-in';
import { describeUri } from './describe-uri.js';
import { startMongod, type MongodAttempt } from './mongod.js';

/** Where the app keeps its data. mongoose connects to `uri` over TCP whichever kind it is, and never knows the difference. */
export interface Database {
  readonly uri: string;
  readonly kind: 'configured' | 'mongod' | 'stand-in';
  /** One line for people, without the password. */
  readonly description: string;
  /** Ends what was started here; a configured database is left alone. */
  close(): Promise<void>;
}

export interface OpenDatabaseOptions {
  /** The value of `MONGODB_URI`; an empty string counts as not set. */
  readonly uri?: string | undefined;
  readonly log: (line: string) => void;
  /** How to come by a real mongod; tests put their own here. */
  readonly mongod?: (name: string, log: (line: string) => void) => Promise<MongodAttempt>;
}

const NAME = 'mongo-chat';

/**
 * The database that was configured; else a real mongod; else, where none can be had, the stand-in. Says on one line which it
 * is, and before the stand-in on another why there is no mongod.
 */
export async function openDatabase({ uri, log, mongod = startMongod }: OpenDatabaseOptions): Promise<Database> {
  const database = uri === undefined || uri === '' ? await startOne(log, mongod) : configured(uri);
  log(`database: ${database.description}`);
  return database;
}

function configured(uri: string): Database {
  return {
    uri,
    kind: 'configured',
    description: `${describeUri(uri)}, from MONGODB_URI`,
    close: () => Promise.resolve(),
  };
}

async function startOne(
  log: (line: string) => void,
  mongod: NonNullable<OpenDatabaseOptions['mongod']>,
): Promise<Database> {
  const attempt = await mongod(NAME, log);
  if (attempt.running !== undefined) {
    const { running } = attempt;
    const description = `mongod ${running.binary} at ${describeUri(running.uri)}; its data ends with this process`;
    return { uri: running.uri, kind: 'mongod', description, close: () => running.close() };
  }
  log(`database: no mongod could be had: ${attempt.reasons.join('; ')}`);
  const standIn = await startStandIn({ log });
  const uri = `mongodb://127.0.0.1:${standIn.port}/${NAME}`;
  return {
    uri,
    kind: 'stand-in',
    description:
      `a STAND-IN for development at ${describeUri(uri)}, gone with this process; ` +
      'for MongoDB set MONGODB_URI or put mongod on the PATH',
    close: () => standIn.close(),
  };
}
