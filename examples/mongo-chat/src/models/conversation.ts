import mongoose, { Schema } from 'mongoose';

const fields = {
  userId: { type: String, required: true },
  title: { type: String, required: true },
  messageCount: { type: Number, required: true, default: 0 },
} as const;

const schema = new Schema(fields, { timestamps: true, versionKey: false });
schema.index({ userId: 1, updatedAt: -1 });

export const Conversation = mongoose.model('Conversation', schema);
