import { Router } from 'express';
import mongoose from 'mongoose';
import type { ChatCache } from '../cache.js';

export function health(cache: ChatCache): Router {
  const router = Router();

  router.get('/healthz', async (_req, res) => {
    const [store, database] = await Promise.all([state(cache.ready()), state(ping())]);
    const ok = store === 'ok' && database === 'ok';
    res.status(ok ? 200 : 503).json({ status: ok ? 'ok' : 'unavailable', store, database });
  });

  return router;
}

/** Time the database may take to answer, in ms: who asks for the health of a service wants an answer at once. */
const PING_MS = 2_000;

async function ping(): Promise<void> {
  const { db } = mongoose.connection;
  if (!db) throw new Error('not connected');
  await db.command({ ping: 1 }, { timeoutMS: PING_MS });
}

const state = (answer: Promise<void>): Promise<'ok' | 'unavailable'> =>
  answer.then(
    () => 'ok',
    () => 'unavailable',
  );
