import { mkdtemp, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import mongoose from 'mongoose';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { binaryOnPath } from '../../src/database/binary.js';
import { describeUri } from '../../src/database/describe-uri.js';
import { failureNote } from '../../src/database/failure-note.js';
import { openDatabase } from '../../src/database/open.js';

describe('openDatabase', () => {
  const lines: string[] = [];
  const log = (line: string) => {
    lines.push(line);
  };
  const none = () => Promise.resolve({ reasons: ['none on the PATH', 'no network'] });

  beforeEach(() => {
    lines.length = 0;
  });

  it('takes the configured address as it is, and keeps its password out of the log', async () => {
    const uri = 'mongodb://ada:secret@db.example:27017/chat?retryWrites=true';
    const database = await openDatabase({ uri, log, mongod: () => Promise.reject(new Error('not to be asked')) });
    await database.close();
    expect(database).toMatchObject({ uri, kind: 'configured' });
    expect(lines).toEqual(['database: db.example:27017/chat, from MONGODB_URI']);
  });

  it('prefers a real mongod to the stand-in', async () => {
    const close = vi.fn(() => Promise.resolve());
    const running = { uri: 'mongodb://127.0.0.1:4711/mongo-chat', binary: '8.2.6, found on the PATH,', close };
    const database = await openDatabase({ uri: '', log, mongod: () => Promise.resolve({ running }) });
    expect(database).toMatchObject({ uri: running.uri, kind: 'mongod' });
    expect(lines).toEqual([
      'database: mongod 8.2.6, found on the PATH, at 127.0.0.1:4711/mongo-chat; its data ends with this process',
    ]);
    await database.close();
    expect(close).toHaveBeenCalledOnce();
  });

  it('falls back to the stand-in, says why on one line and what it is on another, and mongoose connects to it', async () => {
    const database = await openDatabase({ log, mongod: none });
    expect(database.kind).toBe('stand-in');
    expect(lines).toHaveLength(2);
    expect(lines[0]).toMatch(/^database: no mongod could be had: .*none on the PATH; no network/);
    expect(lines[1]).toMatch(/^database: a STAND-IN for development at 127\.0\.0\.1:\d+/);
    const connection = await mongoose.createConnection(database.uri).asPromise();
    expect(connection.name).toBe('mongo-chat');
    await connection.close();
    await database.close();
  });

  it('two stand-ins share no data', async () => {
    const databases = await Promise.all([openDatabase({ log, mongod: none }), openDatabase({ log, mongod: none })]);
    const [one, two] = await Promise.all(databases.map(({ uri }) => mongoose.createConnection(uri).asPromise()));
    await one?.collection('notes').insertOne({ text: 'here' });
    expect(await two?.collection('notes').countDocuments()).toBe(0);
    await Promise.all([one?.close(), two?.close()]);
    await Promise.all(databases.map((database) => database.close()));
  });
});

describe('describeUri', () => {
  it.each([
    ['mongodb://localhost', 'localhost'],
    ['mongodb://a:1,b:2/chat?replicaSet=rs0', 'a:1,b:2/chat'],
    ['mongodb+srv://user:p%40ss@cluster.example/chat', 'cluster.example/chat'],
    ['mongodb://user:p@ss@host:1/', 'host:1'],
    ['postgres://host/x', 'an address that is no mongodb:// URI'],
  ])('%s is shown as %s', (uri, shown) => {
    expect(describeUri(uri)).toBe(shown);
  });
});

describe('with a folder', () => {
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'mongo-chat-'));
  });
  afterEach(async () => {
    vi.unstubAllEnvs();
    await rm(folder, { recursive: true, force: true });
  });

  it('a failed download is remembered for an hour, with the way to try again', async () => {
    const note = failureNote(join(folder, 'cache'));
    expect(await note.read()).toBeUndefined();
    await note.write('no network');
    const path = join(folder, 'cache', 'mongo-chat-download-failed.txt');
    expect(await note.read()).toBe(`no network, 0 min ago; delete ${path} to try again at once`);
    const longAgo = new Date(Date.now() - 61 * 60_000);
    await utimes(path, longAgo, longAgo);
    expect(await note.read()).toBeUndefined();
    expect(await readFile(path, 'utf8')).toBe('no network');
  });

  it('a folder that cannot be written to is no error', async () => {
    await writeFile(join(folder, 'file'), '');
    await expect(failureNote(join(folder, 'file', 'below')).write('no network')).resolves.toBeUndefined();
  });

  it.skipIf(process.platform === 'win32')('a mongod on the PATH is found and asked for its version', async () => {
    vi.stubEnv('PATH', folder);
    await expect(binaryOnPath()).rejects.toThrow('none on the PATH');
    const path = join(folder, 'mongod');
    await writeFile(path, `#!${process.execPath}\nconsole.log('db version v8.0.4\\nBuild Info: {}');\n`, {
      mode: 0o755,
    });
    expect(await binaryOnPath()).toEqual({ path, version: '8.0.4', origin: 'found on the PATH' });
    await writeFile(path, `#!${process.execPath}\nconsole.log('something else');\n`);
    await expect(binaryOnPath()).rejects.toThrow('does not say which version');
  });
});
