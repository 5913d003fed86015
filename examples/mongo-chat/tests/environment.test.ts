import { describe, expect, it } from 'vitest';
import { EnvironmentError, readEnvironment } from '../src/environment.js';

describe('the environment', () => {
  it('needs nothing: every process has random secrets of its own', () => {
    const [one, other] = [readEnvironment({}), readEnvironment({})];
    expect(one).toMatchObject({ port: undefined, host: '127.0.0.1', mongodbUri: undefined, redisUrl: undefined });
    expect(one.cacheSecret.length).toBeGreaterThanOrEqual(32);
    expect(new Set([one.cacheSecret, one.sessionSecret, other.cacheSecret, other.sessionSecret]).size).toBe(4);
  });

  it('takes an empty variable for one that is not set', () => {
    expect(readEnvironment({ PORT: '', REDIS_URL: '', MONGODB_URI: '' })).toMatchObject({
      port: undefined,
      mongodbUri: undefined,
      redisUrl: undefined,
    });
  });

  it.each(['CACHE_SECRET', 'SESSION_SECRET'])('with REDIS_URL it refuses to make %s up', (name) => {
    const env = { REDIS_URL: 'redis://127.0.0.1:6379', CACHE_SECRET: 'a', SESSION_SECRET: 'b', [name]: '' };
    expect(() => readEnvironment(env)).toThrow(EnvironmentError);
    expect(() => readEnvironment(env)).toThrow(name);
  });

  it.each(['-1', '65536', '80a', '1.5'])('refuses PORT=%s', (PORT) => {
    expect(() => readEnvironment({ PORT })).toThrow('PORT must be a whole number from 0 to 65535');
  });
});
