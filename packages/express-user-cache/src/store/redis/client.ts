import { UserCacheTypeError } from '../../errors.js';
import { clusterOptions, isCluster, neverFromReplicas } from './cluster.js';
import { fill } from './scripts/fill.js';
import { forget } from './scripts/forget.js';
import { invalidate } from './scripts/invalidate.js';
import { lease } from './scripts/lease.js';
import { open } from './scripts/open.js';

/** What the application hands over: `new Redis(…)` or `new Cluster(…)` of ioredis 5.10 or later, or 6. */
export interface RedisClient {
  readonly status: string;
  readonly options: object;
  duplicate(...args: never[]): unknown;
}

/** The library's own connection, with its scripts as methods. */
export interface Connection {
  readonly status: string;
  /** The socket; a Cluster has one for each node and does not say which. */
  readonly stream?: { readonly writableCorked: number; cork(): void; uncork(): void };
  hmget(key: string, ...fields: string[]): Promise<unknown>;
  hdel(key: string, field: string): Promise<unknown>;
  ucOpen(...args: (string | number)[]): Promise<unknown>;
  ucFill(...args: (string | number)[]): Promise<unknown>;
  ucInvalidate(...args: (string | number)[]): Promise<unknown>;
  ucForget(...args: (string | number)[]): Promise<unknown>;
  ucLease(...args: (string | number)[]): Promise<unknown>;
  defineCommand(name: string, definition: { lua: string; numberOfKeys: number }): void;
  publish(channel: string, message: string): Promise<unknown>;
  once(event: 'ready' | 'close' | 'end', listener: () => void): unknown;
  on(event: 'ready' | 'close', listener: () => void): unknown;
  on(event: 'error' | 'node error', listener: (error: Error) => void): unknown;
  off(event: 'ready' | 'close', listener: () => void): unknown;
  pipeline(): Pipeline;
  quit(): Promise<unknown>;
  disconnect(reconnect?: boolean): void;
}

/** Commands that go to one node in one piece. */
interface Pipeline {
  eval(lua: string, numberOfKeys: number, ...args: (string | number)[]): Pipeline;
  wait(replicas: number, ms: number): Pipeline;
  exec(): Promise<readonly (readonly [error: Error | null, result?: unknown])[] | null>;
}

export type Script = 'ucOpen' | 'ucFill' | 'ucInvalidate' | 'ucForget' | 'ucLease';

export const SCRIPTS: Readonly<Record<Script, string>> = {
  ucOpen: open,
  ucFill: fill,
  ucInvalidate: invalidate,
  ucForget: forget,
  ucLease: lease,
};

/** How every connection of ours is set up. */
export const PROFILE = {
  // A command that waits in a queue while Redis is away is sent after its deadline, when nobody wants it any more.
  enableOfflineQueue: false,
  maxRetriesPerRequest: 1,
  // With false, promises in flight at a disconnect never settle (redis/ioredis#2193); our scripts are safe to resend.
  autoResendUnfulfilledCommands: true,
  // A batch that mixes slots keeps answering MOVED after a slot has moved (redis/ioredis#2075).
  enableAutoPipelining: false,
  lazyConnect: false,
  // Our deadlines say when a call is given up; one that ioredis gave up earlier would only be sent again.
  commandTimeout: undefined,
  // In ioredis 5 the timer outlives its connection, and ends the next one.
  socketTimeout: undefined,
  // Sending again whatever fails would never end for a command that always fails; what a replica refuses we notice ourselves.
  reconnectOnError: null,
  // The replicas that WAIT counts are a number.
  stringNumbers: false,
  monitor: false,
} as const;

/** The only thing that ioredis says of replies that are shifted, and only where its queue runs empty. */
const SURPLUS = 'Command queue state error';

/**
 * A connection of our own to where `client` points, with our profile and our scripts. `surplus` is called when a reply
 * arrives that no command waits for.
 *
 * @throws {UserCacheTypeError} `ERR_UC_REDIS_CLIENT`, `ERR_UC_REDIS_KEY_PREFIX`, `ERR_UC_REDIS_REPLICA_READS`,
 *   `ERR_UC_REDIS_DB`: what the client is set up to do would break the guarantee.
 */
export function connect(client: RedisClient, surplus: () => void): Connection {
  check(client);
  const duplicate = client.duplicate.bind(client) as (...args: unknown[]) => unknown;
  const connection = (
    isCluster(client) ? duplicate([], clusterOptions(client.options, PROFILE)) : duplicate(PROFILE)
  ) as Connection;
  if (isCluster(connection)) neverFromReplicas(connection);
  // Without a listener ioredis prints every connection error; each call that fails by it reports it itself.
  const onError = ({ message }: Error): void => {
    if (message.startsWith(SURPLUS)) surplus();
  };
  connection.on('error', onError);
  connection.on('node error', onError);
  for (const [name, lua] of Object.entries(SCRIPTS)) connection.defineCommand(name, { lua, numberOfKeys: 1 });
  return connection;
}

function check(client: RedisClient): void {
  if (!isIoredis(client)) {
    throw new UserCacheTypeError(
      'ERR_UC_REDIS_CLIENT',
      'options.redis must be a client of ioredis 5.10 or later: new Redis(url) or new Cluster(nodes)',
    );
  }
  const options = client.options as Record<string, unknown>;
  const node = (isCluster(client) ? (options.redisOptions ?? {}) : options) as Record<string, unknown>;
  if (options.keyPrefix || node.keyPrefix) {
    throw new UserCacheTypeError(
      'ERR_UC_REDIS_KEY_PREFIX',
      'options.redis has a keyPrefix, which can move a key into another slot; leave it out and set options.app instead',
    );
  }
  const readsReplicas =
    (options.scaleReads !== undefined && options.scaleReads !== 'master') ||
    [options, node].some(
      ({ readOnly, role, preferredSlaves }) => readOnly === true || role === 'slave' || Boolean(preferredSlaves),
    );
  if (readsReplicas) {
    throw new UserCacheTypeError(
      'ERR_UC_REDIS_REPLICA_READS',
      'options.redis reads from replicas, which may not have seen an invalidation yet; use a client that reads from the primary',
    );
  }
  if (node.db !== undefined && node.db !== 0) {
    throw new UserCacheTypeError(
      'ERR_UC_REDIS_DB',
      'options.redis selects a database other than 0; use database 0 and set options.app to keep applications apart',
    );
  }
}

function isIoredis(client: unknown): client is RedisClient {
  return (
    typeof client === 'object' &&
    client !== null &&
    'options' in client &&
    typeof client.options === 'object' &&
    'duplicate' in client &&
    typeof client.duplicate === 'function' &&
    'defineCommand' in client
  );
}
