import { Types } from 'mongoose';
import { z } from 'zod';
import { HttpError, notFound } from './errors.js';

/** The value, as the schema reads it. @throws {HttpError} 400 that says what is wrong where */
export function parse<S extends z.ZodType>(schema: S, value: unknown): z.output<S> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const issues = result.error.issues.map(({ path, message }) => ({ path: path.join('.'), message }));
  throw new HttpError(400, 'the request is not valid', { issues });
}

/**
 * An id from the path, in the one spelling that a cache key may have: MongoDB takes upper case too, and a write that
 * invalidates `ab…` would leave the entry of `AB…` stale.
 *
 * @throws {HttpError} 404
 */
export function objectId(id: string): string {
  if (!/^[0-9a-f]{24}$/i.test(id)) throw notFound();
  return new Types.ObjectId(id).toHexString();
}

/** A whole number in a query string, from 1 to `max`. */
const wholeNumber = (max: number) =>
  z
    .string()
    .regex(/^\d{1,9}$/, 'must be a whole number')
    .transform(Number)
    .pipe(z.number().min(1).max(max));

export const page = wholeNumber(10_000).default(1);
export const size = wholeNumber(100).default(20);

/** Text that may become part of a key or a pattern: no lone surrogates, no control characters. */
export const plainText = (max: number) =>
  z
    .string()
    .trim()
    .min(1)
    .max(max)
    .refine((text) => text.isWellFormed() && !/\p{Cc}/u.test(text), 'must not have control characters');
