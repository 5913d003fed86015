import { createRequire } from 'node:module';
import { startStandIn } from 'mongo-stand-in';
import mongoose9, { type Connection, type Mongoose } from 'mongoose';
import { MemoryStore, userCache } from '../../src/index.js';
import { invalidateUserCache } from '../../src/mongoose/index.js';

// The types are mongoose 9's: both declare the same module, and what the tests use of it is the same in both.
const mongoose8 = createRequire(import.meta.url)('mongoose-8') as Mongoose;

export const mongooses = [
  ['mongoose 8', mongoose8],
  ['mongoose 9', mongoose9],
] as const;

export const namespaces = {
  conversation: { ttl: 'medium' },
  conversations: { ttl: 'medium' },
  byNumber: { ttl: 'medium' },
  profile: { ttl: 'medium' },
} as const;

export const createCache = (store = new MemoryStore()) => userCache({ namespaces, store });

export type TestCache = ReturnType<typeof createCache>;

/** A database of the test's own, over a socket. */
export async function openDatabase(
  mongoose: Mongoose,
): Promise<{ connection: Connection; close: () => Promise<void> }> {
  const standIn = await startStandIn();
  const connection = await mongoose.createConnection(`mongodb://127.0.0.1:${standIn.port}/test`).asPromise();
  return {
    connection,
    close: async () => {
      await connection.close();
      await standIn.close();
    },
  };
}

export interface Hookable {
  pre(name: string, hook: () => unknown): unknown;
}

export interface Conversation {
  userId: string;
  title: string;
  number: number;
}

const fields = { userId: { type: String, required: true }, title: String, number: Number } as const;

/** Conversations whose writes invalidate; `extend` adds what a case needs, behind the plugin. */
export function conversationModel(
  mongoose: Mongoose,
  connection: Connection,
  cache: TestCache,
  extend: (schema: Hookable) => void = () => undefined,
) {
  const schema = new mongoose.Schema<Conversation>(fields);
  schema.plugin(
    invalidateUserCache({
      cache: () => cache,
      owner: 'userId',
      keys: { conversation: ['_id'], conversations: [], byNumber: ['number'] },
    }),
  );
  extend(schema as never);
  return connection.model('Conversation', schema);
}

export type ConversationModel = ReturnType<typeof conversationModel>;
