import type { Request } from 'express';
import { HttpError } from './errors.js';

/** The session's user, for the filter of every query. @throws {HttpError} 401 */
export function requireUser(req: Request): string {
  const { userId } = req.session;
  if (userId === undefined) throw new HttpError(401, 'log in first: POST /login {"user":"alice"}');
  return userId;
}
