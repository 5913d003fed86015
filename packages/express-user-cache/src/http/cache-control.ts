import type { Response } from 'express';
import onHeaders from 'on-headers';
import { warnOnce } from '../errors.js';

/** What a user's cache answered must not be stored by a browser or proxy for the next user (OWASP ASVS 5.0, 14.3.2). */
export const UNSTORED = 'private, no-store';

/** The directives of a `Cache-Control` header, as they are written but for case. */
export const directivesOf = (cacheControl: string): string[] =>
  cacheControl.split(',').map((directive) => directive.trim().toLowerCase());

/** Whether a cache that serves many may store the response (RFC 9111, sections 3 and 3.5). */
export function isForMany(cacheControl: string): boolean {
  const directives = directivesOf(cacheControl);
  if (directives.some((directive) => directive === 'public' || directive.startsWith('s-maxage'))) return true;
  return !directives.some((directive) => directive === 'private' || directive === 'no-store');
}

/** The header as one text; absent is `''`. */
export const cacheControlOf = (res: Response): string => String(res.getHeader('Cache-Control') ?? '');

/**
 * Forbids HTTP caches to store the response, unless the handler says something else. **What it says is looked at when the
 * head is sent**: a header that is set after the cache was used, or one that an error handler has cleared, comes too late
 * for a look at the start.
 */
export function forbidHttpCaching(res: Response): void {
  if (res.headersSent) {
    warnOfMany(res);
    return;
  }
  if (!res.hasHeader('Cache-Control')) res.setHeader('Cache-Control', UNSTORED);
  onHeaders(res, () => {
    if (res.hasHeader('Cache-Control')) warnOfMany(res);
    else res.setHeader('Cache-Control', UNSTORED);
  });
}

function warnOfMany(res: Response): void {
  if (!isForMany(cacheControlOf(res))) return;
  warnOnce(
    'ERR_UC_PUBLIC_RESPONSE',
    'A response that used req.userCache was sent under a Cache-Control which lets a proxy or CDN store it and show it to ' +
      'other users. Say private or no-store, and use req.userCache before the first byte is sent',
  );
}
