import mongoose from 'mongoose';
import { afterAll, beforeAll, describe, vi } from 'vitest';
import type { Responder } from '../../src/bot.js';
import { connectModels } from '../../src/models/connect.js';
import { type Chat, startChat, stores } from './chat.js';
import { openTestDatabase, type TestDatabase } from './database.js';

/** What opening a database may take where a mongod is downloaded first, in ms. */
const OPENING_MS = 120_000;

/** A suite that runs once on every store, against an app and a database of its own. */
export function describeChat(
  suite: string,
  name: string,
  define: (chat: () => Chat) => void,
  responder?: Responder,
): void {
  // Many requests each, on a machine that may have much else to do.
  vi.setConfig({ testTimeout: 60_000 });
  let database: TestDatabase;

  beforeAll(async () => {
    database = await openTestDatabase(suite);
    await connectModels(database.uri);
  }, OPENING_MS);

  afterAll(async () => {
    await mongoose.disconnect();
    await database.close();
  });

  describe.each(stores(suite))(`${name}, cached $name`, (store) => {
    let chat: Chat;

    beforeAll(async () => {
      chat = await startChat(store, responder);
    });

    afterAll(() => chat.close());

    define(() => chat);
  });
}
