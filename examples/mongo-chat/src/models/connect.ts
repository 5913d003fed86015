import mongoose from 'mongoose';
import { Conversation } from './conversation.js';
import { Message } from './message.js';
import { Profile } from './profile.js';
import { Settings } from './settings.js';

/** Connects, and waits for the indexes: two first writes of a user must not make two profiles. */
export async function connectModels(uri: string): Promise<void> {
  await mongoose.connect(uri, { serverSelectionTimeoutMS: 10_000 });
  await Promise.all([Conversation.init(), Message.init(), Profile.init(), Settings.init()]);
}
