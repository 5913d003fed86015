import { type Request, Router } from 'express';
import { z } from 'zod';
import type { Responder } from '../bot.js';
import { notFound } from '../http/errors.js';
import { requireUser } from '../http/require-user.js';
import { objectId, parse } from '../http/validate.js';
import { Conversation } from '../models/conversation.js';
import { Message } from '../models/message.js';

const NewMessage = z.strictObject({ text: z.string().trim().min(1).max(8_000) });

/** The newest messages, oldest first; more would outgrow an entry, which holds 256 KiB. */
const HISTORY = 100;

/** `null` where the conversation is not this user's. */
const historyOf = (req: Request, userId: string, id: string) =>
  req.userCache.getOrSet(['messages', id], async () => {
    if ((await Conversation.exists({ _id: id, userId })) === null) return null;
    const newest = await Message.find({ conversationId: id, userId })
      .sort({ createdAt: -1, _id: -1 })
      .limit(HISTORY)
      .lean();
    return newest.reverse();
  });

export function messages(responder: Responder): Router {
  const router = Router();

  router.get('/conversations/:id/messages', async (req, res) => {
    const userId = requireUser(req);
    const history = await historyOf(req, userId, objectId(req.params.id));
    if (history === null) throw notFound();
    res.json(history);
  });

  router.post('/conversations/:id/messages', async (req, res) => {
    const userId = requireUser(req);
    const id = objectId(req.params.id);
    const { text } = parse(NewMessage, req.body);
    const history = await historyOf(req, userId, id);
    if (history === null) throw notFound();
    // Outside of `mutate`: while that runs, nothing of these keys is stored, and a model may think for seconds.
    const reply = await responder.reply(text, history);
    // A message counts in its conversation, moves it up in the list, and is found by searches.
    const stored = await req.userCache.mutate(
      [['messages', id], ['conversation', id], ['conversations'], ['search']],
      async () => {
        const { matchedCount } = await Conversation.updateOne({ _id: id, userId }, { $inc: { messageCount: 2 } });
        if (matchedCount === 0) throw notFound();
        return Message.insertMany([
          { userId, conversationId: id, author: 'user', text },
          { userId, conversationId: id, author: 'bot', text: reply },
        ]);
      },
    );
    res.status(201).json(stored);
  });

  return router;
}
