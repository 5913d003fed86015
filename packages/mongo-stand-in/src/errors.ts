import { MingoError } from 'mingo/util';

import type { Document } from './store/document.js';

/** The numbers and names that drivers switch on (`src/mongo/base/error_codes.yml` in MongoDB). */
const codeNames = {
  1: 'InternalError',
  2: 'BadValue',
  14: 'TypeMismatch',
  20: 'IllegalOperation',
  26: 'NamespaceNotFound',
  27: 'IndexNotFound',
  40: 'ConflictingUpdateOperators',
  43: 'CursorNotFound',
  48: 'NamespaceExists',
  59: 'CommandNotFound',
  66: 'ImmutableField',
  72: 'InvalidOptions',
  73: 'InvalidNamespace',
  85: 'IndexOptionsConflict',
  112: 'WriteConflict',
  115: 'CommandNotSupported',
  251: 'NoSuchTransaction',
  263: 'OperationNotSupportedInTransaction',
  352: 'UnsupportedOpQueryCommand',
  10334: 'BSONObjectTooLarge',
  11000: 'DuplicateKey',
  40415: 'IDLUnknownField',
} as const;

export type ErrorCode = keyof typeof codeNames;

/** What a command answers when it fails; `extra` holds fields that go beside `code` (`keyPattern`, `keyValue`). */
export class CommandError extends Error {
  override readonly name = 'CommandError';
  readonly code: ErrorCode;
  readonly extra: Document;

  constructor(code: ErrorCode, message: string, extra: Document = {}) {
    super(message);
    this.code = code;
    this.extra = extra;
  }

  get codeName(): string {
    return codeNames[this.code];
  }
}

/** mingo refuses a malformed query, update or pipeline with its own error (or, for `$regex`, the language's): to a client that is a bad value. */
export function toCommandError(error: unknown): CommandError {
  if (error instanceof CommandError) return error;
  if (error instanceof MingoError || error instanceof SyntaxError) return new CommandError(2, error.message);
  return new CommandError(1, error instanceof Error ? error.message : String(error));
}
