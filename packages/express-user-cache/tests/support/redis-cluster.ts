import { Cluster, Redis } from 'ioredis';
import { Cluster as Cluster5 } from 'ioredis-5';
import { afterAll, beforeAll } from 'vitest';
import type { RedisClient } from '../../src/index.js';
import { PATIENCE } from './proof.js';
import { describeWithServer, RedisServer } from './redis-server.js';

/** What every connection to the cluster must say: so that a test fails where it is not carried along. */
const PASSWORD = 'a password of the tests';
const SLOTS = 16_384;
const SHARDS = 3;
/** After so many ms without an answer a node is taken for dead. */
const NODE_TIMEOUT = 1_500;

const OPTIONS = { lazyConnect: true, redisOptions: { password: PASSWORD } } as const;

type StartupNodes = Pick<RedisCluster, 'startupNodes'>;

export const clusterClients = [
  ['ioredis 5', ({ startupNodes }: StartupNodes): RedisClient => new Cluster5(startupNodes, OPTIONS)],
  ['ioredis 6', ({ startupNodes }: StartupNodes): RedisClient => new Cluster(startupNodes, OPTIONS)],
] as const;

/** One node, and a connection of the test's own to it. */
export interface ClusterNode {
  readonly server: RedisServer;
  readonly admin: Redis;
  readonly id: string;
}

/** A cluster of a test's own: three primaries, a replica each. */
export class RedisCluster implements AsyncDisposable {
  readonly nodes: readonly ClusterNode[];

  private constructor(nodes: readonly ClusterNode[]) {
    this.nodes = nodes;
  }

  static async start(): Promise<RedisCluster> {
    const options = ['--cluster-enabled', 'yes', '--cluster-node-timeout', String(NODE_TIMEOUT)];
    const secrets = ['--requirepass', PASSWORD, '--masterauth', PASSWORD];
    // On a busy machine a replica would count as too old to take over, and the cluster would stay down.
    const replication = ['--repl-diskless-sync-delay', '0', '--cluster-replica-validity-factor', '0'];
    const nodes: ClusterNode[] = [];
    const cluster = new RedisCluster(nodes);
    try {
      while (nodes.length < 2 * SHARDS) {
        const server = await RedisServer.start(...options, ...secrets, ...replication);
        const admin = connectTo(server);
        nodes.push({ server, admin, id: await admin.cluster('MYID') });
      }
      await cluster.#create();
      return cluster;
    } catch (error) {
      // Whoever did not get it cannot end it.
      await cluster[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** Where a client of ioredis begins. */
  get startupNodes(): { host: string; port: number }[] {
    return this.nodes.map(({ server: { port } }) => ({ host: '127.0.0.1', port }));
  }

  /** The primary of a key, as most nodes see it. */
  async primaryOf(key: string): Promise<ClusterNode> {
    const slot = await this.slotOf(key);
    const views = await Promise.all(this.nodes.map((node) => ownerIn(node, slot)));
    const owner = views.find((id) => id !== undefined && views.filter((other) => other === id).length > SHARDS);
    return this.node(owner);
  }

  async slotOf(key: string): Promise<number> {
    for (const { server, admin } of this.nodes) if (server.isRunning) return admin.cluster('KEYSLOT', key);
    throw new Error('no node is running');
  }

  /** The replica of a primary, whose link to it is up. */
  async replicaOf({ id }: ClusterNode): Promise<ClusterNode> {
    return await eventually('a replica is up to date', async () => {
      for (const node of this.nodes) {
        const info = await replicationOf(node);
        if (!/role:slave[^]*master_link_status:up/.test(info)) continue;
        const myself = (await nodesOf(node)).find(({ flags }) => flags.includes('myself'));
        if (myself?.primary === id) return node;
      }
      return undefined;
    });
  }

  /** SIGKILL. @returns the replica that has taken over */
  async kill(primary: ClusterNode): Promise<ClusterNode> {
    const slot = (await nodesOf(primary)).find(({ id }) => id === primary.id)?.ranges[0]?.split('-')[0];
    const replica = await this.replicaOf(primary);
    await primary.server.kill();
    await eventually('the replica has taken over', async () => {
      const running = this.nodes.filter(({ server }) => server.isRunning);
      const owners = await Promise.all(running.map((node) => ownerIn(node, Number(slot))));
      return owners.every((owner) => owner === replica.id) ? true : undefined;
    });
    return replica;
  }

  /** A replica becomes the primary without asking anybody, as after the loss of a data centre. */
  async takeOver(replica: ClusterNode): Promise<void> {
    await replica.admin.call('CLUSTER', 'FAILOVER', 'TAKEOVER');
    await eventually('all agree on the primaries', async () => ((await this.#agree()) ? true : undefined));
  }

  /** How often the nodes that run have run a command. */
  async callsOf(command: string, nodes: readonly ClusterNode[] = this.nodes): Promise<number> {
    const running = nodes.filter(({ server }) => server.isRunning);
    const stats = await Promise.all(running.map(({ admin }) => admin.info('commandstats')));
    const calls = stats.map((text) => new RegExp(`cmdstat_${command}:calls=(\\d+)`).exec(text)?.[1] ?? '0');
    return calls.reduce((sum, count) => sum + Number(count), 0);
  }

  async primaries(): Promise<ClusterNode[]> {
    const roles = await Promise.all(this.nodes.map((node) => replicationOf(node)));
    return this.nodes.filter((_, index) => roles[index]?.includes('role:master'));
  }

  /**
   * Moves a slot while clients are at work: its keys a few at a time, each of them on one of the two nodes. `half`: once the
   * keys are there, and the slot is not.
   */
  async migrate(slot: number, to: ClusterNode, half: () => Promise<void> = () => Promise.resolve()): Promise<void> {
    const from = this.node(await ownerIn(to, slot));
    if (from === to) return;
    await to.admin.call('CLUSTER', 'SETSLOT', String(slot), 'IMPORTING', from.id);
    await from.admin.call('CLUSTER', 'SETSLOT', String(slot), 'MIGRATING', to.id);
    for (;;) {
      const keys = (await from.admin.call('CLUSTER', 'GETKEYSINSLOT', String(slot), '10')) as string[];
      if (keys.length === 0) break;
      const target = ['127.0.0.1', String(to.server.port), '', '0', '5000', 'AUTH', PASSWORD];
      await from.admin.call('MIGRATE', ...target, 'KEYS', ...keys);
    }
    await half();
    // The new owner first: a slot that nobody owns would be refused for a moment.
    for (const node of [to, from]) await node.admin.call('CLUSTER', 'SETSLOT', String(slot), 'NODE', to.id);
    for (const node of await this.primaries()) {
      if (node !== to && node !== from) await node.admin.call('CLUSTER', 'SETSLOT', String(slot), 'NODE', to.id);
    }
  }

  /** Waits until every node that runs says that every slot is served, and every primary has a replica that is up to date. */
  async healthy(): Promise<void> {
    await eventually('the cluster is healthy', async () => {
      const running = this.nodes.filter(({ server }) => server.isRunning);
      const infos = await Promise.all(running.map(({ admin }) => admin.cluster('INFO').catch(() => '')));
      if (!infos.every((info) => info.includes('cluster_state:ok'))) return undefined;
      const links = await Promise.all(running.map((node) => replicationOf(node)));
      const synced = links.filter((info) => /role:slave[^]*master_link_status:up/.test(info)).length;
      return synced === running.length - SHARDS ? true : undefined;
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const { admin } of this.nodes) admin.disconnect();
    await Promise.all(this.nodes.map(({ server }) => server[Symbol.asyncDispose]()));
  }

  node(id: string | undefined): ClusterNode {
    const found = this.nodes.find((node) => node.id === id);
    if (!found) throw new Error('no such node');
    return found;
  }

  /** Whether all nodes that run name the same owners of all slots. */
  async #agree(): Promise<boolean> {
    const running = this.nodes.filter(({ server }) => server.isRunning);
    const views = await Promise.all(
      running.map(async (node) => (await nodesOf(node)).filter(({ ranges }) => ranges[0])),
    );
    return (
      new Set(
        views.map((view) =>
          view
            .map(({ id }) => id)
            .sort()
            .join(),
        ),
      ).size === 1
    );
  }

  /** By commands: `redis-cli --cluster create` waits in whole seconds. */
  async #create(): Promise<void> {
    const [first] = this.nodes;
    for (const [index, { admin, server }] of this.nodes.entries()) {
      await admin.call('CLUSTER', 'SET-CONFIG-EPOCH', String(index + 1));
      await first?.admin.call('CLUSTER', 'MEET', '127.0.0.1', String(server.port));
      if (index >= SHARDS) continue;
      const [from, to] = [index, index + 1].map((part) => Math.floor((part * SLOTS) / SHARDS));
      await admin.call('CLUSTER', 'ADDSLOTSRANGE', String(from), String((to ?? 0) - 1));
    }
    for (const [index, { admin }] of this.nodes.slice(SHARDS).entries()) {
      await eventually('the nodes have met', () =>
        admin.call('CLUSTER', 'REPLICATE', String(this.nodes[index]?.id)).catch(() => undefined),
      );
    }
    await this.healthy();
    // A replica that has never got anything is told to nobody.
    await Promise.all(this.nodes.slice(0, SHARDS).map(({ admin }) => admin.flushall()));
    await eventually('clients are told of all nodes', async () => {
      const views = await Promise.all(this.nodes.map(({ admin }) => admin.cluster('SLOTS')));
      return views.every((ranges) => ranges.every((range) => range.length === 4)) ? true : undefined;
    });
  }
}

const connectTo = ({ port }: RedisServer): Redis => {
  const admin = new Redis(port, '127.0.0.1', { password: PASSWORD, retryStrategy: () => 50, maxRetriesPerRequest: 0 });
  // A node that was killed is none.
  admin.on('error', () => undefined);
  return admin;
};

const replicationOf = async ({ admin, server }: ClusterNode): Promise<string> =>
  server.isRunning ? await admin.info('replication').catch(() => '') : '';

interface NodeLine {
  readonly id: string;
  readonly flags: readonly string[];
  readonly primary: string;
  readonly ranges: readonly string[];
}

async function nodesOf({ admin, server }: ClusterNode): Promise<NodeLine[]> {
  if (!server.isRunning) return [];
  const text = String(await admin.cluster('NODES').catch(() => ''));
  return text.split('\n').flatMap((line) => {
    const [id, , flags, primary, , , , , ...ranges] = line.split(' ');
    return id && flags && primary ? [{ id, flags: flags.split(','), primary, ranges }] : [];
  });
}

async function ownerIn(node: ClusterNode, slot: number): Promise<string | undefined> {
  const covers = (range: string): boolean => {
    if (range.startsWith('[')) return false;
    const [from, to] = range.split('-').map(Number);
    return from !== undefined && from <= slot && slot <= (to ?? from);
  };
  return (await nodesOf(node)).find(({ ranges }) => ranges.some(covers))?.id;
}

/** Asks until there is an answer; fails after 20 s. */
async function eventually<T>(what: string, ask: () => Promise<T | undefined>): Promise<T> {
  const end = performance.now() + 20_000;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    if (performance.now() > end) throw new Error(`never: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** Tests on one cluster, which runs while they do. */
export function describeWithCluster(name: string, tests: (cluster: () => RedisCluster) => void): void {
  describeWithServer(name, () => {
    let cluster: RedisCluster;
    beforeAll(async () => {
      cluster = await RedisCluster.start();
    }, PATIENCE);
    afterAll(async () => {
      await cluster[Symbol.asyncDispose]();
    });
    tests(() => cluster);
  });
}
