import { Router } from 'express';
import { z } from 'zod';
import { requireUser } from '../http/require-user.js';
import { parse } from '../http/validate.js';
import { Settings } from '../models/settings.js';

const NewSettings = z.strictObject({
  theme: z.enum(['light', 'dark']),
  language: z.string().regex(/^[a-z]{2}$/, 'must be a language such as en'),
});

const defaults = (userId: string) => ({ userId, theme: 'light', language: 'en' });

export const settings: Router = Router();

settings.get('/settings', async (req, res) => {
  const userId = requireUser(req);
  const stored = await req.userCache.getOrSet(['settings'], () => Settings.findOne({ userId }).lean());
  res.json(stored ?? defaults(userId));
});

// Write-through: what the database answers is the new entry, so the next GET is a hit.
settings.put('/settings', async (req, res) => {
  const userId = requireUser(req);
  const changes = parse(NewSettings, req.body);
  const stored = await req.userCache.writeThrough(['settings'], () =>
    Settings.findOneAndUpdate({ userId }, changes, { upsert: true, returnDocument: 'after' }).lean(),
  );
  res.json(stored);
});
