import { Router } from 'express';
import { z } from 'zod';
import { requireUser } from '../http/require-user.js';
import { page, parse, plainText } from '../http/validate.js';
import { Conversation } from '../models/conversation.js';
import { Message } from '../models/message.js';

const Search = z.strictObject({
  q: plainText(200),
  /** The first and the last day, in UTC. */
  from: z.iso.date().optional(),
  to: z.iso.date().optional(),
  page,
});

const SIZE = 20;

export const search: Router = Router();

// Every parameter that changes the answer is in the key. Their order does not matter, and `undefined` counts as absent.
search.get('/search', async (req, res) => {
  const userId = requireUser(req);
  const { q, from, to, page } = parse(Search, req.query);
  const results = await req.userCache.getOrSet(['search', { q, from, to, page }], async () => {
    const text = new RegExp(q.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&'), 'i');
    const created = { userId, createdAt: days(from, to) };
    const order = { createdAt: -1, _id: -1 } as const;
    const skip = (page - 1) * SIZE;
    const [conversations, messages] = await Promise.all([
      Conversation.find({ ...created, title: text })
        .sort(order)
        .skip(skip)
        .limit(SIZE)
        .lean(),
      Message.find({ ...created, text })
        .sort(order)
        .skip(skip)
        .limit(SIZE)
        .lean(),
    ]);
    return { conversations, messages };
  });
  res.json(results);
});

const days = (from = '0001-01-01', to = '9999-12-31') => ({
  $gte: new Date(`${from}T00:00:00.000Z`),
  $lte: new Date(`${to}T23:59:59.999Z`),
});
