/** A primary of a cluster, as the connection to the cluster reaches it. */
export interface PrimaryNode {
  readonly status: string;
  readonly options: object;
  ping(): Promise<unknown>;
  publish(channel: string, message: string): Promise<unknown>;
  duplicate(override: object): unknown;
  on(event: 'ready' | 'close', listener: () => void): unknown;
  off(event: 'ready' | 'close', listener: () => void): unknown;
}

/** What a connection to a cluster has besides, in ioredis. */
export interface Cluster {
  readonly status: string;
  nodes(role: 'master'): PrimaryNode[];
  on(event: '+node' | '-node' | 'refresh' | 'ready' | 'close', listener: () => void): unknown;
  disconnect(reconnect?: boolean): void;
}

export const isCluster = (client: object): client is Cluster => 'isCluster' in client && client.isCluster === true;

/**
 * The options of a cluster under our profile. Written out for its nodes: ioredis 5 takes `redisOptions` whole, and the
 * application's password and TLS are in there. Nodes are connected to at once, replicas too, so that one that is promoted
 * is there already: ioredis puts off by 100 ms what it is asked while it connects to a node. That goes for its own look
 * at the cluster's state as well, after which it would begin anew; what a cluster that is down answers says as much.
 */
export function clusterOptions(options: object, profile: object): object {
  const nodes = 'redisOptions' in options ? (options.redisOptions as object | undefined) : undefined;
  return { ...profile, enableReadyCheck: false, redisOptions: { ...nodes, ...profile } };
}

/**
 * **Where ioredis has lost its connections to all primaries, it asks any replica, in the mode in which replicas answer**,
 * whatever `scaleReads` says; a cluster of one shard is there at every reconnect. So nothing is asked any more until it
 * has looked for the primaries again.
 */
export function neverFromReplicas(cluster: Cluster): void {
  cluster.on('-node', () => {
    if (cluster.status === 'ready' && cluster.nodes('master').length === 0) cluster.disconnect(true);
  });
}

/** Resolves once every primary answers. */
export async function primariesAnswer(cluster: Cluster): Promise<void> {
  await Promise.all(cluster.nodes('master').map((node) => node.ping()));
}
