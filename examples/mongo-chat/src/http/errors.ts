import type { ErrorRequestHandler, RequestHandler } from 'express';

/** An error whose message is meant for the client. */
export class HttpError extends Error {
  override readonly name = 'HttpError';
  readonly status: number;
  readonly details: object;

  constructor(status: number, message: string, details: object = {}) {
    super(message);
    this.status = status;
    this.details = details;
  }
}

/** Also for what belongs to somebody else: that it exists is not for this user to know. */
export const notFound = (): HttpError => new HttpError(404, 'not found');

export const noSuchRoute: RequestHandler = () => {
  throw notFound();
};

/** Answers with `error.status`, and with a message only where it was written for the client. */
export const answerError: ErrorRequestHandler = (error: unknown, _req, res, next) => {
  if (res.headersSent) {
    next(error);
    return;
  }
  const status = statusOf(error);
  if (status >= 500) console.error(error);
  // A session store that fails does so before the cache has had its turn.
  if (!res.hasHeader('X-User-Cache')) res.setHeader('X-User-Cache', 'bypass');
  if (error instanceof HttpError) res.status(status).json({ error: error.message, ...error.details });
  else res.status(status).json({ error: MESSAGES.get(status) ?? (status < 500 ? 'bad request' : 'internal error') });
};

const MESSAGES: ReadonlyMap<number, string> = new Map([
  [400, 'the request is malformed'],
  [401, 'log in first'],
  [413, 'the body is too large'],
  [415, 'the encoding or charset of the body is not supported'],
  [503, 'not available'],
]);

/** What body-parser, the router and the cache put on their errors; anything else is our own fault. */
function statusOf(error: unknown): number {
  const status = error instanceof Error && 'status' in error ? error.status : undefined;
  return typeof status === 'number' && Number.isInteger(status) && status >= 400 && status < 600 ? status : 500;
}
