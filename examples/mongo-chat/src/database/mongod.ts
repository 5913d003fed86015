import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { MongoMemoryServer } from 'mongodb-memory-server-core';

import { binaryOnPath, cachedBinary, type MongodBinary } from './binary.js';
import { downloadedBinary } from './download.js';

interface RunningMongod {
  readonly uri: string;
  /** Version of the binary and where it was found. */
  readonly binary: string;
  close(): Promise<void>;
}

/** A mongod that runs, or why there is none: one reason for each way that was tried. */
export type MongodAttempt =
  { readonly running: RunningMongod } | { readonly running?: undefined; readonly reasons: readonly string[] };

/** Time a mongod may take until it answers, in ms. */
const LAUNCH_TIMEOUT = 20_000;

/** The mongod on the PATH, else the one that was downloaded once, else one downloaded now. A binary that does not start is not the end: the next way is tried. */
export async function startMongod(name: string, log: (line: string) => void): Promise<MongodAttempt> {
  const reasons: string[] = [];
  const tried = new Set<string>();
  for (const find of [binaryOnPath, cachedBinary, () => downloadedBinary(log)]) {
    try {
      const binary = await find();
      if (tried.has(binary.path)) continue;
      tried.add(binary.path);
      return { running: await launch(binary, name) };
    } catch (error) {
      reasons.push(error instanceof Error ? firstLine(error.message) : String(error));
    }
  }
  return { reasons };
}

async function launch({ path, version, origin }: MongodBinary, name: string): Promise<RunningMongod> {
  // A folder of our own: the launcher leaves its one behind when a mongod does not start.
  const dbPath = await mkdtemp(join(tmpdir(), `${name}-`));
  const clean = () => rm(dbPath, { recursive: true, force: true });
  try {
    const server = await MongoMemoryServer.create({
      // The version is named so that the launcher picks the flags that this mongod knows.
      binary: { systemBinary: path, version },
      instance: { ip: '127.0.0.1', dbPath, launchTimeout: LAUNCH_TIMEOUT },
    });
    return {
      uri: server.getUri(name),
      binary: `${version}, ${origin},`,
      close: async () => {
        await server.stop();
        await clean();
      },
    };
  } catch (error) {
    await clean();
    throw error;
  }
}

function firstLine(message: string): string {
  return message.split('\n', 1)[0] ?? message;
}
