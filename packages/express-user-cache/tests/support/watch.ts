import type { Redis } from 'ioredis';

/** What one connection sends, as Redis sees it: other suites may be at work on the same server. */
export interface Watch {
  readonly commands: readonly string[][];
  readonly stop: () => void;
}

/** Watches the connection with this name (`connectionName` of ioredis), which must be open. */
export async function watch(redis: Redis, connectionName: string): Promise<Watch> {
  const clients = String(await redis.client('LIST'));
  const line = clients.split('\n').find((client) => client.includes(` name=${connectionName} `));
  const address = /\baddr=(\S+)/.exec(line ?? '')?.[1];
  const monitor = await redis.duplicate().monitor();
  const commands: string[][] = [];
  monitor.on('monitor', (_time: string, args: string[], source: string) => {
    if (source === address) commands.push(args);
  });
  return {
    commands,
    stop: () => {
      monitor.disconnect();
    },
  };
}
