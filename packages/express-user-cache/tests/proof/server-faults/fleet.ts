import { Redis } from 'ioredis';
import { Redis as Redis5 } from 'ioredis-5';
import { type RedisClient, userCache } from '../../../src/index.js';

export const DEADLINES = { read: 50, write: 500 } as const;
/** ms */
export const MAX_STALE = 200;
const SECRET = 'a secret of the server’s faults, which is long enough';

// What it does between two attempts is the application's choice; at once, or the campaign would mostly wait.
const OPTIONS = { lazyConnect: true, retryStrategy: () => 20 } as const;

/** The ways an application may have set up its processes. */
export const deployments = (['off', 'validated', 'bounded'] as const).flatMap((l1) => [
  {
    name: `ioredis 5, l1 ${l1}`,
    l1,
    connect: (port: number): RedisClient => new Redis5(port, '127.0.0.1', OPTIONS),
    secret: undefined,
  },
  {
    name: `ioredis 6, sealed, l1 ${l1}`,
    l1,
    connect: (port: number): RedisClient => new Redis(port, '127.0.0.1', OPTIONS),
    secret: SECRET,
  },
]);

export type Deployment = (typeof deployments)[number];

export const startProcess = ({ name, l1, connect, secret }: Deployment, port: number) =>
  userCache({
    redis: connect(port),
    app: name.replaceAll(/[^a-z0-9]+/gi, '-'),
    namespaces: { row: { ttl: 'short', l1 } },
    l1: { maxStale: MAX_STALE },
    deadlines: DEADLINES,
    ...(secret !== undefined && { secret }),
  });

export type Process = ReturnType<typeof startProcess>;
