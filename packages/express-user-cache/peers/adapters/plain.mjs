import { Redis } from 'ioredis-6';

/** @type {import('../adapter.js').About} */
export const about = {
  name: 'plain cache-aside',
  packages: ['ioredis-6'],
  configurations: { Redis: 'application' },
  notes: ['What people write by hand: `GET`, load and `SETEX` on a miss, `DEL` after a write. The baseline.'],
};

/** @type {import('../adapter.js').Open} */
export function open({ url, app, load }) {
  const redis = new Redis(url);
  redis.on('error', () => undefined);
  const name = (user, parts) => `${app}:user:${user}:${parts.join(':')}`;
  return {
    async read(user, parts) {
      const hit = await redis.get(name(user, parts));
      if (hit !== null) return JSON.parse(hit);
      const loaded = await load(user, parts);
      await redis.setex(name(user, parts), 300, JSON.stringify(loaded));
      return loaded;
    },
    ways: { entry: (user, parts) => redis.del(name(user, parts)) },
    close: async () => redis.disconnect(),
  };
}
