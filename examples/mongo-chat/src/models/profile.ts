import mongoose, { Schema } from 'mongoose';

const fields = {
  userId: { type: String, required: true, unique: true },
  displayName: String,
  email: String,
} as const;

const schema = new Schema(fields, { versionKey: false });

export const Profile = mongoose.model('Profile', schema);
