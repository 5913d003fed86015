import { once } from 'node:events';
import { createRequire } from 'node:module';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import express5, { type Express, type NextFunction, type Request, type RequestHandler, type Response } from 'express';
import session from 'express-session';

declare module 'express-session' {
  interface SessionData {
    userId?: string | number;
    user?: { id: string };
  }
}

// The types are Express 5's: what the tests use of Express is the same in both.
const express4 = createRequire(import.meta.url)('express-4') as typeof express5;

export const expresses = [
  ['Express 4', express4],
  ['Express 5', express5],
] as const;

export const withSession = (): RequestHandler => session({ secret: 's', resave: false, saveUninitialized: true });

/** A handler whose rejection reaches the error handler in Express 4 too. */
export const route =
  (work: (req: Request, res: Response) => Promise<unknown>): RequestHandler =>
  (req, res, next) => {
    work(req, res).then(() => {
      if (!res.headersSent) res.end();
    }, next);
  };

/** Answers with the code of the error. */
export function saysCode(
  error: { status?: number; code?: string },
  _req: Request,
  res: Response,
  _next: NextFunction,
): void {
  res.status(error.status ?? 500).json({ code: error.code });
}

/** Runs `work` with the URL of the application. */
export async function served(app: Express, work: (url: string) => Promise<void>): Promise<void> {
  const server = createServer(app).listen(0, '127.0.0.1');
  await once(server, 'listening');
  try {
    await work(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  } finally {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  }
}
