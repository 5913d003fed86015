import { Router } from 'express';
import { z } from 'zod';
import { notFound } from '../http/errors.js';
import { requireUser } from '../http/require-user.js';
import { objectId, page, parse, plainText, size } from '../http/validate.js';
import { Conversation } from '../models/conversation.js';
import { Message } from '../models/message.js';

const Page = z.strictObject({ page, size });
const Title = z.strictObject({ title: plainText(200) });

export const conversations: Router = Router();

// Paginated: page and size are part of the key, so that each page is an entry of its own.
conversations.get('/conversations', async (req, res) => {
  const userId = requireUser(req);
  const { page, size } = parse(Page, req.query);
  const list = await req.userCache.getOrSet(['conversations', { page, size }], () =>
    Conversation.find({ userId })
      .sort({ updatedAt: -1, _id: -1 })
      .skip((page - 1) * size)
      .limit(size)
      .lean(),
  );
  res.json(list);
});

// A key is also a prefix: ['conversations'] stands for all pages, ['search'] for all searches.
conversations.post('/conversations', async (req, res) => {
  const userId = requireUser(req);
  const { title } = parse(Title, req.body);
  const created = await req.userCache.mutate([['conversations'], ['search']], () =>
    Conversation.create({ userId, title }),
  );
  res.status(201).json(created);
});

// Cache-aside. No user in the key: the cache is this user's already. `null`, for somebody else's, is cached too.
conversations.get('/conversations/:id', async (req, res) => {
  const userId = requireUser(req);
  const id = objectId(req.params.id);
  const conversation = await req.userCache.getOrSet(['conversation', id], () =>
    Conversation.findOne({ _id: id, userId }).lean(),
  );
  if (conversation === null) throw notFound();
  res.json(conversation);
});

// `mutate` around a write: whatever it makes stale is gone once it resolves, and even if this process dies in between.
conversations.patch('/conversations/:id', async (req, res) => {
  const userId = requireUser(req);
  const id = objectId(req.params.id);
  const { title } = parse(Title, req.body);
  const conversation = await req.userCache.mutate([['conversation', id], ['conversations'], ['search']], () =>
    Conversation.findOneAndUpdate({ _id: id, userId }, { title }, { returnDocument: 'after' }).lean(),
  );
  if (conversation === null) throw notFound();
  res.json(conversation);
});

// Invalidation by hand, after the write: what `mutate` does, without its protection against a crash between the two.
conversations.delete('/conversations/:id', async (req, res) => {
  const userId = requireUser(req);
  const id = objectId(req.params.id);
  const { deletedCount } = await Conversation.deleteOne({ _id: id, userId });
  await Message.deleteMany({ conversationId: id, userId });
  // Before the 404, so that a repeated DELETE makes up for one whose invalidation failed.
  await req.userCache.invalidate(['conversation', id], ['messages', id], ['conversations'], ['search']);
  if (deletedCount === 0) throw notFound();
  res.sendStatus(204);
});
