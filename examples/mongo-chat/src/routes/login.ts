import { Router } from 'express';
import { z } from 'zod';
import type { ChatCache } from '../cache.js';
import { parse, plainText } from '../http/validate.js';
import { logIn, logOut } from '../session.js';

const Login = z.strictObject({ user: plainText(200) });

export function login(cache: ChatCache): Router {
  const router = Router();

  // A demo: any name is let in. The session is what the cache takes its owner from, however you fill it.
  router.post('/login', async (req, res) => {
    const { user } = parse(Login, req.body);
    await logIn(req, user);
    res.json({ user });
  });

  router.post('/logout', async (req, res) => {
    const { userId } = req.session;
    await logOut(req);
    // Nothing of a user who left stays in the cache; at any size this is one command.
    if (userId !== undefined) await cache.invalidateUser(userId);
    res.sendStatus(204);
  });

  return router;
}
