import type { Redis } from 'ioredis';
import type { Random } from '../../../src/testing/random.js';
import type { RedisServer } from '../../support/redis-server.js';

/** Where a fault strikes. */
export interface Scene {
  readonly server: RedisServer;
  readonly admin: Redis;
  readonly random: Random;
  /** Resolves once every client has had the outcome of a call that it made after this: nobody waits for the fault's end. */
  readonly moved: () => Promise<void>;
}

/** What a server suffers; resolves when it is over. */
export type Fault = (scene: Scene) => Promise<unknown>;

const STRIKES = 3;

/** What is over as soon as it is done is done again, whenever everybody has gone on from the last. */
const again =
  (strike: (admin: Redis) => Promise<unknown>): Fault =>
  async ({ admin, moved }) => {
    for (let i = 0; i < STRIKES; i++) {
      await strike(admin);
      await moved();
    }
  };

/** So little memory that every write means that something has to go, if anything may. */
const crammed =
  (policy: string, room: (admin: Redis) => Promise<string>): Fault =>
  async ({ admin, moved }) => {
    await admin.config('SET', 'maxmemory-policy', policy);
    await admin.config('SET', 'maxmemory', await room(admin));
    await moved();
    await admin.config('SET', 'maxmemory', '0');
  };

const nothing = (): Promise<string> => Promise.resolve('1mb');

/** What is in use: some must go whenever something comes. */
async function justEnough(admin: Redis): Promise<string> {
  const [, used = ''] = /^used_memory:(\d+)/m.exec(await admin.info('memory')) ?? [];
  return used;
}

export const faults: Readonly<Record<string, Fault>> = {
  'killed, its data lost': async ({ server, moved }) => {
    await server.kill();
    await moved();
    await server.lose();
    await server.start();
  },
  'killed, its data kept': async ({ server, moved }) => {
    await server.kill();
    await moved();
    await server.start();
  },
  'killed and started at once': async ({ server }) => {
    await server.kill();
    await server.start();
  },
  frozen: async ({ server, moved }) => {
    server.freeze();
    await moved();
    server.thaw();
  },
  // Nobody is heard while all are paused, not even who would end it.
  paused: async ({ admin, random }) => {
    await admin.client('PAUSE', random.between(200, 1_200), 'ALL');
    await admin.ping();
  },
  'paused for writes': async ({ admin, moved }) => {
    await admin.client('PAUSE', 60_000, 'WRITE');
    await moved();
    await admin.client('UNPAUSE');
  },
  asleep: ({ admin, random }) => admin.call('DEBUG', 'SLEEP', String(random.between(2, 12) / 10)),
  'scripts forgotten': again((admin) => admin.script('FLUSH')),
  'clients cut off': again((admin) => admin.call('CLIENT', 'KILL', 'TYPE', 'normal')),
  'listeners cut off': again((admin) => admin.call('CLIENT', 'KILL', 'TYPE', 'pubsub')),
  'everybody cut off and nobody let in': async ({ admin, moved }) => {
    await admin.config('SET', 'maxclients', '1');
    await admin.call('CLIENT', 'KILL', 'TYPE', 'normal');
    await admin.call('CLIENT', 'KILL', 'TYPE', 'pubsub');
    await moved();
    await admin.config('SET', 'maxclients', '10000');
  },
  emptied: again((admin) => admin.flushall()),
  'evicting the least recently used': crammed('allkeys-lru', justEnough),
  'evicting at random': crammed('allkeys-random', nothing),
  full: crammed('noeviction', nothing),
};
