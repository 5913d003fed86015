import { randomUUID } from 'node:crypto';

import mongoose, { Schema, type Connection, type Types } from 'mongoose';

interface User {
  email: string;
  name?: string;
  visits: number;
  createdAt: Date;
}

interface Note {
  owner: Types.ObjectId;
  title: string;
  tags: string[];
  rank?: number | null;
  archived: boolean;
  settings?: { model: string; temperature: number };
  at?: Date;
}

const userFields = {
  email: { type: String, required: true, unique: true },
  name: String,
  visits: { type: Number, default: 0 },
};

const noteFields = {
  owner: { type: Schema.Types.ObjectId, ref: 'User', required: true },
  title: { type: String, required: true },
  tags: [String],
  rank: Number,
  archived: { type: Boolean, default: false },
  settings: { model: String, temperature: Number },
  at: Date,
};

const userSchema = new Schema<User>(userFields, { timestamps: true });
const noteSchema = new Schema<Note>(noteFields, { timestamps: true });
noteSchema.index({ owner: 1, at: -1 });

function defineModels(connection: Connection) {
  return { users: connection.model('User', userSchema), notes: connection.model('Note', noteSchema) };
}

export interface Contract extends ReturnType<typeof defineModels> {
  readonly connection: Connection;
  /** FerretDB says so of itself; it is MongoDB's match but for a few cases, which are marked. */
  readonly isFerretdb: boolean;
}

/** Two models in a database of their own, so that runs on one server do not meet. */
export async function connectContract(uri: string): Promise<Contract> {
  const connection = await mongoose
    .createConnection(uri, { dbName: `contract_${randomUUID().slice(0, 8)}` })
    .asPromise();
  const { users, notes } = defineModels(connection);
  await Promise.all([users.init(), notes.init()]);
  const build = await connection.db?.command({ buildInfo: 1 });
  return { connection, users, notes, isFerretdb: build !== undefined && 'ferretdbVersion' in build };
}

export async function emptyContract({ users, notes }: Contract): Promise<void> {
  await Promise.all([users.deleteMany({}), notes.deleteMany({})]);
}

export async function endContract({ connection }: Contract): Promise<void> {
  await connection.dropDatabase();
  await connection.close();
}
