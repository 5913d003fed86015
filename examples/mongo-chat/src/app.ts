import { fileURLToPath } from 'node:url';
import express, { type Express, type RequestHandler } from 'express';
import { parrot, type Responder } from './bot.js';
import type { ChatCache } from './cache.js';
import { answerError, noSuchRoute } from './http/errors.js';
import { conversations } from './routes/conversations.js';
import { health } from './routes/health.js';
import { login } from './routes/login.js';
import { messages } from './routes/messages.js';
import { profile } from './routes/profile.js';
import { search } from './routes/search.js';
import { settings } from './routes/settings.js';
import { shared } from './routes/shared.js';

export interface AppParts {
  readonly session: RequestHandler;
  readonly cache: ChatCache;
  readonly responder?: Responder;
}

const PAGE = fileURLToPath(new URL('../public/index.html', import.meta.url));

/** The app, which neither listens nor connects to anything: its parts are handed to it. */
export function createApp({ session, cache, responder = parrot }: AppParts): Express {
  const app = express();
  app.disable('x-powered-by');
  app.use(session);
  app.use(cache); // after the session: from here on there are req.userCache and req.sharedCache
  app.get('/', (_req, res) => {
    res.sendFile(PAGE);
  });
  app.use(express.json());
  app.use(login(cache));
  app.use(conversations);
  app.use(messages(responder));
  app.use(profile);
  app.use(settings);
  app.use(search);
  app.use(shared);
  app.use(health(cache));
  app.use(noSuchRoute);
  app.use(answerError);
  return app;
}
