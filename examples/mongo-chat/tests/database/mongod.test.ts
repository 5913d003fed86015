import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer as createHttpServer } from 'node:http';
import { connect, createServer, type AddressInfo, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { startMongod } from '../../src/database/mongod.js';

async function portOf(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

// No real mongod in here: where one can be had, the contract tests run on it.
describe.skipIf(process.platform === 'win32')('startMongod', () => {
  let home: string;
  const lines: string[] = [];
  const attempt = () => startMongod('mongo-chat', (line) => lines.push(line));

  beforeEach(async () => {
    lines.length = 0;
    home = await mkdtemp(join(tmpdir(), 'mongo-chat-'));
    await mkdir(join(home, 'bin'));
    vi.stubEnv('HOME', home);
    vi.stubEnv('PATH', join(home, 'bin'));
    vi.stubEnv('MONGOMS_DOWNLOAD_DIR', join(home, 'cache'));
    vi.stubEnv('MONGOMS_USE_HTTP', 'true');
    for (const name of ['https_proxy', 'http_proxy', 'HTTPS_PROXY', 'HTTP_PROXY']) vi.stubEnv(name, '');
  });
  afterEach(async () => {
    vi.unstubAllEnvs();
    vi.restoreAllMocks();
    await rm(home, { recursive: true, force: true });
  });

  async function closedPort(): Promise<number> {
    const server = createServer();
    const port = await portOf(server);
    server.close();
    await once(server, 'close');
    return port;
  }

  it('gives a reason for each way, and the second start asks nobody', async () => {
    vi.stubEnv('MONGOMS_DOWNLOAD_MIRROR', `http://127.0.0.1:${await closedPort()}`);
    const first = await attempt();
    expect(first.running).toBeUndefined();
    expect(first).toMatchObject({
      reasons: [
        'none on the PATH',
        'none downloaded before',
        expect.stringMatching(/not to be downloaded: 127\.0\.0\.1 is out of reach \(.*ECONNREFUSED/),
      ],
    });
    const asked = vi.fn();
    const server = createServer(asked);
    vi.stubEnv('MONGOMS_DOWNLOAD_MIRROR', `http://127.0.0.1:${await portOf(server)}`);
    const second = await attempt();
    expect(second).toMatchObject({
      reasons: [
        'none on the PATH',
        'none downloaded before',
        expect.stringMatching(/ECONNREFUSED.*0 min ago; delete /),
      ],
    });
    expect(asked).not.toHaveBeenCalled();
    server.close();
  });

  it('a server that has no such file is one reason, after a line that says what is downloaded', async () => {
    const server = createHttpServer((_request, response) => response.writeHead(404).end());
    vi.stubEnv('MONGOMS_DOWNLOAD_MIRROR', `http://127.0.0.1:${await portOf(server)}`);
    expect(await attempt()).toMatchObject({
      reasons: [
        expect.any(String),
        expect.any(String),
        expect.stringContaining('not to be downloaded: Download failed'),
      ],
    });
    expect(lines).toEqual([expect.stringMatching(/^database: downloading mongod \d/)]);
    server.close();
  });

  it('a mongod on the PATH that does not start is a reason, and the other ways are tried', async () => {
    vi.stubEnv('MONGOMS_DOWNLOAD_MIRROR', `http://127.0.0.1:${await closedPort()}`);
    vi.spyOn(console, 'warn').mockReturnValue();
    const script = "if (process.argv.includes('--version')) console.log('db version v8.0.4'); else process.exit(1);";
    await writeFile(join(home, 'bin', 'mongod'), `#!${process.execPath}\n${script}\n`, { mode: 0o755 });
    const { reasons = [] } = (await attempt()) as { reasons?: string[] };
    expect(reasons).toHaveLength(3);
    expect(reasons[0]).not.toBe('none on the PATH');
  });

  it('a mongod on the PATH is started on a free port of 127.0.0.1, and ended by close', async () => {
    const script = `
      if (process.argv.includes('--version')) console.log('db version v8.0.4');
      else require('node:net').createServer().listen(Number(process.argv[process.argv.indexOf('--port') + 1]), '127.0.0.1', () =>
        console.log('Waiting for connections'));`;
    await writeFile(join(home, 'bin', 'mongod'), `#!${process.execPath}\n${script}\n`, { mode: 0o755 });
    const { running } = await attempt();
    expect(running).toMatchObject({ binary: '8.0.4, found on the PATH,' });
    const port = Number(/^mongodb:\/\/127\.0\.0\.1:(\d+)\/mongo-chat/.exec(running?.uri ?? '')?.[1]);
    const reach = async () => {
      const socket = connect(port, '127.0.0.1');
      await once(socket, 'connect').finally(() => socket.destroy());
    };
    await expect(reach()).resolves.toBeUndefined();
    await running?.close();
    await expect(reach()).rejects.toThrow('ECONNREFUSED');
  });
});
