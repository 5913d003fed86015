import { once } from 'node:events';
import { connect } from 'node:net';

import { DryMongoBinary, MongoBinary } from 'mongodb-memory-server-core';
import {
  ResolveConfigVariables,
  resolveConfig,
  setDefaultValue,
} from 'mongodb-memory-server-core/lib/util/resolveConfig.js';

import type { MongodBinary } from './binary.js';
import { failureNote } from './failure-note.js';

/** Time the download server may take to answer a connection, in ms. */
const CONNECT_TIMEOUT = 3_000;

/** The variables that the downloader reads its proxy from. */
const PROXY_VARIABLES = ['https_proxy', 'http_proxy', 'HTTPS_PROXY', 'HTTP_PROXY'];

/**
 * Downloads a mongod into the user's cache, about 100 MB, with the downloader's progress line. **A machine without network must not
 * wait for one**: the server is asked for a connection first, and a failure is remembered so that the next start does not ask again.
 *
 * @throws Error with the reason where it cannot be had
 */
export async function downloadedBinary(log: (line: string) => void): Promise<MongodBinary> {
  const options = await DryMongoBinary.generateOptions();
  const note = failureNote(options.downloadDir);
  const earlier = await note.read();
  if (earlier !== undefined) throw new Error(earlier);
  try {
    await reach(downloadServer());
    log(`database: downloading mongod ${options.version} (once; it is kept in ${options.downloadDir})`);
    // Its own three attempts would wait for each other; whoever wants another starts again.
    setDefaultValue(ResolveConfigVariables.MAX_RETRIES, '1');
    return { path: await MongoBinary.getPath(options), version: options.version, origin: 'downloaded now' };
  } catch (error) {
    const reason = `not to be downloaded: ${error instanceof Error ? error.message : String(error)}`;
    await note.write(reason);
    throw new Error(reason, { cause: error });
  }
}

function downloadServer(): URL {
  const proxy = PROXY_VARIABLES.map((name) => process.env[name]).find((value) => value !== undefined && value !== '');
  return new URL(
    proxy ??
      resolveConfig(ResolveConfigVariables.DOWNLOAD_URL) ??
      resolveConfig(ResolveConfigVariables.DOWNLOAD_MIRROR) ??
      'https://fastdl.mongodb.org',
  );
}

async function reach({ protocol, hostname, port }: URL): Promise<void> {
  const socket = connect({ host: hostname, port: Number(port) || (protocol === 'http:' ? 80 : 443) });
  try {
    await once(socket, 'connect', { signal: AbortSignal.timeout(CONNECT_TIMEOUT) });
  } catch (error) {
    const reason =
      error instanceof Error && error.name !== 'AbortError' ? error.message : `no answer in ${CONNECT_TIMEOUT} ms`;
    throw new Error(`${hostname} is out of reach (${reason})`, { cause: error });
  } finally {
    socket.on('error', () => undefined);
    socket.destroy();
  }
}
