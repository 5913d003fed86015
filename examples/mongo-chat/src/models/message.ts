import mongoose, { Schema } from 'mongoose';

const fields = {
  userId: { type: String, required: true },
  conversationId: { type: Schema.Types.ObjectId, required: true },
  author: { type: String, enum: ['user', 'bot'], required: true },
  text: { type: String, required: true },
} as const;

const schema = new Schema(fields, { timestamps: { createdAt: true, updatedAt: false }, versionKey: false });
schema.index({ userId: 1, conversationId: 1, createdAt: -1 });

export const Message = mongoose.model('Message', schema);
