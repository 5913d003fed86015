/**
 * The handlers of this app as they are written today: a Redis client, keys joined by hand, and the user forgotten here and
 * there. **Nothing mounts this file.** It compiles, its tests would pass with one user, and `eslint-plugin-user-cache`
 * reports every line below a comment that begins with `fault:`, and no other.
 */
import { Router } from 'express';
import { Redis } from 'ioredis';
import { countries } from './data/countries.js';
import { Conversation } from './models/conversation.js';
import { Message } from './models/message.js';
import { Profile } from './models/profile.js';
import { Settings } from './models/settings.js';

const HOUR = 3_600;
const redis = new Redis({ lazyConnect: true });

export const unsafe: Router = Router();

// Right: configuration is the same for everybody.
unsafe.get('/config', async (_req, res) => {
  const cached = await redis.get('config:app');
  if (cached !== null) {
    res.type('json').send(cached);
    return;
  }
  const config = { name: 'mongo-chat', countries: countries.length };
  await redis.setex('config:app', HOUR, JSON.stringify(config));
  res.json(config);
});

// Right: the key says whose it is.
unsafe.get('/settings', async (req, res) => {
  const { userId = '' } = req.session;
  const key = `settings:${userId}`;
  const cached = await redis.get(key);
  if (cached !== null) {
    res.type('json').send(cached);
    return;
  }
  const settings = await Settings.findOne({ userId }).lean();
  await redis.setex(key, HOUR, JSON.stringify(settings));
  res.json(settings);
});

// Right: and the write forgets it.
unsafe.put('/settings', async (req, res) => {
  const { userId = '' } = req.session;
  const { theme } = req.body as { theme: 'light' | 'dark' };
  const settings = await Settings.findOneAndUpdate({ userId }, { theme }, { returnDocument: 'after' }).lean();
  await redis.del(`settings:${userId}`);
  res.json(settings);
});

// The query asks for this user's conversation; whoever asks next for the same id gets what it found.
unsafe.get('/conversations/:id', async (req, res) => {
  const { userId = '' } = req.session;
  const { id } = req.params;
  // fault: the key has no user id
  const cached = await redis.get(`conversation:${id}`);
  if (cached !== null) {
    res.type('json').send(cached);
    return;
  }
  const conversation = await Conversation.findOne({ _id: id, userId }).lean();
  // fault: the key has no user id
  await redis.setex(`conversation:${id}`, HOUR, JSON.stringify(conversation));
  res.json(conversation);
});

unsafe.get('/conversations', async (req, res) => {
  const { userId = '' } = req.session;
  // fault: the list of one user under a key for all
  const cached = await redis.get('conversations:list');
  if (cached !== null) {
    res.type('json').send(cached);
    return;
  }
  const list = await Conversation.find({ userId }).sort({ updatedAt: -1 }).lean();
  // fault: the list of one user under a key for all
  await redis.set('conversations:list', JSON.stringify(list), 'EX', HOUR);
  res.json(list);
});

const messagesKey = (id: string): string => ['messages', id, 'history'].join(':');

// The same, one step further away: the key is made elsewhere.
unsafe.get('/conversations/:id/messages', async (req, res) => {
  const { userId = '' } = req.session;
  const key = messagesKey(req.params.id);
  // fault: the helper makes a key without the user
  const cached = await redis.get(key);
  if (cached !== null) {
    res.type('json').send(cached);
    return;
  }
  const history = await Message.find({ conversationId: req.params.id, userId }).lean();
  // fault: the helper makes a key without the user
  await redis.setex(key, HOUR, JSON.stringify(history));
  res.json(history);
});

const titleCache = new Map<string, string>();

// No Redis, same fault: the map outlives the request, and the process serves everybody.
unsafe.get('/conversations/:id/title', async (req, res) => {
  const { userId = '' } = req.session;
  // fault: the map is everybody's
  const known = titleCache.get(req.params.id);
  if (known !== undefined) {
    res.json({ title: known });
    return;
  }
  const conversation = await Conversation.findOne({ _id: req.params.id, userId }).lean();
  const title = conversation?.title ?? '';
  // fault: the map is everybody's
  titleCache.set(req.params.id, title);
  res.json({ title });
});

unsafe.get('/profile', async (req, res) => {
  const { userId = '' } = req.session;
  const cached = await redis.get(`profile:${userId}`);
  if (cached !== null) {
    res.type('json').send(cached);
    return;
  }
  const profile = await Profile.findOne({ userId }).lean();
  await redis.setex(`profile:${userId}`, HOUR, JSON.stringify(profile));
  res.json(profile);
});

// The key is right, and for an hour it answers what the profile used to be.
unsafe.put('/profile', async (req, res) => {
  const { userId = '' } = req.session;
  const { displayName } = req.body as { displayName: string };
  // fault: nothing is invalidated
  const profile = await Profile.findOneAndUpdate({ userId }, { displayName }, { returnDocument: 'after' }).lean();
  res.json(profile);
});

unsafe.patch('/profile', async (req, res) => {
  const { userId = '' } = req.session;
  const { email } = req.body as { email: string };
  // fault: the early return is before the invalidation
  const { modifiedCount } = await Profile.updateOne({ userId }, { email });
  if (email.endsWith('.example')) {
    res.json({ modifiedCount, warning: 'nobody reads mail there' });
    return;
  }
  await redis.del(`profile:${userId}`);
  res.json({ modifiedCount });
});

unsafe.delete('/profile', async (req, res) => {
  const { userId = '' } = req.session;
  // fault: what is deleted is cached as profile:, not as profiles:
  await Profile.deleteOne({ userId });
  await redis.del(`profiles:${userId}`);
  res.sendStatus(204);
});
