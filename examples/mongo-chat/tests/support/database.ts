import { randomBytes } from 'node:crypto';
import mongoose from 'mongoose';
import { openDatabase } from '../../src/database/open.js';

export interface TestDatabase {
  /** Names a database that nobody else uses. */
  readonly uri: string;
  /** Drops it. */
  close(): Promise<void>;
}

/** A database of its own on `MONGODB_URI`, else on the one that the app would open. Says which. */
export async function openTestDatabase(suite: string): Promise<TestDatabase> {
  const server = await openDatabase({
    uri: process.env.MONGODB_URI,
    log: (line) => {
      console.info(`${suite}: ${line}`);
    },
  });
  const uri = named(server.uri, `chat_${suite.replaceAll('-', '_')}_${randomBytes(4).toString('hex')}`);
  return {
    uri,
    async close() {
      const connection = await mongoose.createConnection(uri).asPromise();
      await connection.dropDatabase();
      await connection.close();
      await server.close();
    },
  };
}

/** The connection string for another database; who logs in is still looked up where it was. */
function named(uri: string, name: string): string {
  const [, server = '', credentials, before = '', options = ''] =
    /^(mongodb(?:\+srv)?:\/\/([^@/]*@)?[^/?]+)\/?([^?]*)(?:\?(.*))?$/.exec(uri) ?? [];
  const parameters = new URLSearchParams(options);
  if (credentials !== undefined && !parameters.has('authSource')) {
    parameters.set('authSource', before === '' ? 'admin' : before);
  }
  return parameters.size === 0 ? `${server}/${name}` : `${server}/${name}?${parameters.toString()}`;
}
