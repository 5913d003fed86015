import { Router } from 'express';
import { z } from 'zod';
import { requireUser } from '../http/require-user.js';
import { parse, plainText } from '../http/validate.js';
import { Profile } from '../models/profile.js';

const Changes = z.strictObject({
  displayName: plainText(100).optional(),
  email: z.email().max(254).nullable().optional(),
});

const defaults = (userId: string) => ({ userId, displayName: userId, email: null });

export const profile: Router = Router();

// The namespace is `sensitive`: what Redis holds of this entry is AES-256-GCM, bound to this user and this key.
profile.get('/profile', async (req, res) => {
  const userId = requireUser(req);
  const stored = await req.userCache.getOrSet(['profile'], () => Profile.findOne({ userId }).lean());
  res.json({ ...defaults(userId), ...stored });
});

profile.patch('/profile', async (req, res) => {
  const userId = requireUser(req);
  const changes = parse(Changes, req.body);
  const stored = await req.userCache.mutate(['profile'], () =>
    Profile.findOneAndUpdate({ userId }, changes, { upsert: true, returnDocument: 'after' }).lean(),
  );
  res.json({ ...defaults(userId), ...stored });
});
