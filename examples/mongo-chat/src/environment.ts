import { randomBytes } from 'node:crypto';

export interface Environment {
  /** Absent: 3000, or the next one that is free. */
  readonly port: number | undefined;
  readonly host: string;
  readonly mongodbUri: string | undefined;
  readonly redisUrl: string | undefined;
  readonly cacheSecret: string;
  readonly sessionSecret: string;
  /** How long Redis may take to answer a read, in ms, before the read goes to the database. */
  readonly readDeadline: number | undefined;
}

/** The environment cannot be right; the message says on one line what to change. */
export class EnvironmentError extends Error {
  override readonly name = 'EnvironmentError';
}

/** @throws {EnvironmentError} */
export function readEnvironment(env: NodeJS.ProcessEnv): Environment {
  const get = (name: string): string | undefined => (env[name] === '' ? undefined : env[name]);
  const redisUrl = get('REDIS_URL');
  const secret = (name: string): string => {
    const value = get(name);
    if (value !== undefined) return value;
    // What only this process can read ends with it, and so may the secret.
    if (redisUrl === undefined) return randomBytes(32).toString('base64');
    throw new EnvironmentError(
      `REDIS_URL is set, so ${name} must be set too, and the same for every process: ${name}="$(openssl rand -base64 32)"`,
    );
  };
  return {
    port: wholeNumber('PORT', get('PORT'), 0, 65_535),
    host: get('HOST') ?? '127.0.0.1',
    mongodbUri: get('MONGODB_URI'),
    redisUrl,
    cacheSecret: secret('CACHE_SECRET'),
    sessionSecret: secret('SESSION_SECRET'),
    readDeadline: wholeNumber('CACHE_READ_DEADLINE', get('CACHE_READ_DEADLINE'), 1, 60_000),
  };
}

function wholeNumber(name: string, text: string | undefined, min: number, max: number): number | undefined {
  if (text === undefined) return undefined;
  const value = /^\d{1,9}$/.test(text) ? Number(text) : NaN;
  if (value >= min && value <= max) return value;
  throw new EnvironmentError(`${name} must be a whole number from ${min} to ${max}`);
}
