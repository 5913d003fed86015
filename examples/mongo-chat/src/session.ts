import { promisify } from 'node:util';
import { RedisStore } from 'connect-redis';
import type { Request, RequestHandler } from 'express';
import session, { MemoryStore } from 'express-session';
import type { Redis } from 'ioredis';

declare module 'express-session' {
  interface SessionData {
    userId: string;
  }
}

export interface SessionSettings {
  /** Left out: sessions live in this process. */
  readonly redis?: Redis | undefined;
  readonly secret: string;
}

const DAY_MS = 86_400_000;

export function createSession({ redis, secret }: SessionSettings): RequestHandler {
  return session({
    name: 'mongo-chat.sid',
    secret,
    store: redis ? new RedisStore({ client: redis, prefix: 'mongo-chat:session:' }) : new MemoryStore(),
    resave: false,
    saveUninitialized: false,
    cookie: { httpOnly: true, sameSite: 'lax', maxAge: DAY_MS },
  });
}

/** A new session id at every login: one that was planted before it is worth nothing after it. */
export async function logIn(req: Request, userId: string): Promise<void> {
  await promisify(req.session.regenerate.bind(req.session))();
  req.session.userId = userId;
}

export async function logOut(req: Request): Promise<void> {
  await promisify(req.session.destroy.bind(req.session))();
}
