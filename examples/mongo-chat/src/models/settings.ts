import mongoose, { Schema } from 'mongoose';

const fields = {
  userId: { type: String, required: true, unique: true },
  theme: { type: String, enum: ['light', 'dark'], required: true },
  language: { type: String, required: true },
} as const;

const schema = new Schema(fields, { versionKey: false });

export const Settings = mongoose.model('Settings', schema);
