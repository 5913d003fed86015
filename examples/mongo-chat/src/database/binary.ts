import { execFile } from 'node:child_process';
import { access, constants, stat } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';

import { DryMongoBinary } from 'mongodb-memory-server-core';

export interface MongodBinary {
  readonly path: string;
  readonly version: string;
  readonly origin: string;
}

/** Time `mongod --version` may take, in ms. */
const VERSION_TIMEOUT = 5_000;

const FILE = process.platform === 'win32' ? 'mongod.exe' : 'mongod';

/** @throws Error where no mongod is on the PATH, or it does not run */
export async function binaryOnPath(): Promise<MongodBinary> {
  for (const folder of (process.env.PATH ?? '').split(delimiter)) {
    const path = join(folder, FILE);
    if (folder === '' || !(await isExecutable(path))) continue;
    return { path, version: await versionOf(path), origin: 'found on the PATH' };
  }
  throw new Error('none on the PATH');
}

/** @throws Error where none was downloaded before */
export async function cachedBinary(): Promise<MongodBinary> {
  const options = await DryMongoBinary.generateOptions();
  const path = await DryMongoBinary.locateBinary(options);
  if (path === undefined) throw new Error('none downloaded before');
  return { path, version: options.version, origin: 'downloaded before' };
}

async function isExecutable(path: string): Promise<boolean> {
  try {
    await access(path, constants.X_OK);
    return (await stat(path)).isFile();
  } catch {
    return false;
  }
}

async function versionOf(path: string): Promise<string> {
  const { stdout } = await promisify(execFile)(path, ['--version'], { timeout: VERSION_TIMEOUT });
  const version = /^db version v(?<version>\d+\.\d+\.\d+)/mu.exec(stdout)?.groups?.version;
  if (version === undefined) throw new Error(`${path} does not say which version it is`);
  return version;
}
