// Runs a command on FerretDB, a MongoDB-compatible server that is not ours: node scripts/ferretdb.mjs -- <command> [arguments]
// The command gets MONGODB_URI. Without Go, or where FerretDB cannot be built, this says so loudly and exits with 0.

import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { access, chmod, constants, cp, mkdir, mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { homedir, tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { freePort } from './free-port.mjs';

const run = promisify(execFile);

const MODULE = 'github.com/FerretDB/FerretDB';
const VERSION = 'v1.24.2';
const EXE = process.platform === 'win32' ? '.exe' : '';

/** A first build takes minutes, as it compiles SQLite. */
const BUILD_TIMEOUT = 15 * 60_000;
const START_TRIES = 150;
const TRY_EVERY = 100;
const STOP_TIMEOUT = 5_000;

/** Where the binary is kept between runs. */
function cacheFolder() {
  return join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'user-cache', `ferretdb-${VERSION.slice(1)}`);
}

/** @returns {Promise<string | undefined>} the path of the `go` command, if it is on the PATH */
async function findGo() {
  for (const folder of (process.env.PATH ?? '').split(delimiter)) {
    const path = join(folder, `go${EXE}`);
    if (folder !== '' && (await isExecutable(path))) return path;
  }
  return undefined;
}

async function isExecutable(path) {
  try {
    await access(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

async function answersVersion(binary) {
  try {
    const { stdout } = await run(binary, ['--version'], { timeout: 10_000 });
    return stdout.includes(VERSION);
  } catch {
    return false;
  }
}

/** The binary of an earlier run, or a new one. @returns {Promise<string>} its path */
async function buildFerretdb(go, log) {
  const folder = cacheFolder();
  const binary = join(folder, `ferretdb${EXE}`);
  if (await answersVersion(binary)) return binary;
  log(`building FerretDB ${VERSION} (once; kept in ${folder}), this takes some minutes`);
  await mkdir(folder, { recursive: true });
  await buildFromModule(go, binary);
  if (!(await answersVersion(binary))) throw new Error('the program that was built does not start');
  return binary;
}

/**
 * What `go install <module>/cmd/ferretdb@<version>` compiles, with one file more. The program refuses to start without
 * `build/version/version.txt`, which its release process generates and the published module lacks, so a plain `go install` of
 * this version gives a binary that panics; and Go lays no overlay over its module cache. Built aside and renamed, so that an
 * interrupted build leaves nothing that looks whole.
 */
async function buildFromModule(go, binary) {
  // SQLite is compiled in as Go, so no C compiler is needed.
  const env = { ...process.env, CGO_ENABLED: '0' };
  const options = { timeout: BUILD_TIMEOUT, maxBuffer: 64 * 1024 * 1024, env };
  const { stdout } = await run(go, ['mod', 'download', '-json', `${MODULE}@${VERSION}`], { ...options, cwd: tmpdir() });
  const { Dir: published } = JSON.parse(stdout);
  const source = await mkdtemp(join(tmpdir(), 'ferretdb-source-'));
  try {
    await cp(published, source, { recursive: true });
    await makeWritable(source);
    await writeFile(join(source, 'build', 'version', 'version.txt'), `${VERSION}\n`);
    await run(go, ['build', '-buildvcs=false', '-o', `${binary}.new`, './cmd/ferretdb'], { ...options, cwd: source });
    await rename(`${binary}.new`, binary);
  } finally {
    await rm(source, { recursive: true, force: true });
  }
}

/** Go's module cache is read-only, and a copy of a read-only folder cannot be removed. */
async function makeWritable(folder) {
  await chmod(folder, 0o755);
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    if (entry.isDirectory()) await makeWritable(join(folder, entry.name));
  }
}

/** @returns {Promise<{ uri: string, stop: () => Promise<void> }>} a running FerretDB whose data is in a temporary folder */
async function startFerretdb(binary) {
  const folder = await mkdtemp(join(tmpdir(), 'ferretdb-'));
  const port = await freePort();
  const server = spawn(
    binary,
    [
      '--handler=sqlite',
      `--sqlite-url=${pathToFileURL(folder).href}/`,
      `--listen-addr=127.0.0.1:${port}`,
      `--state-dir=${folder}`,
      '--debug-addr=-',
      '--telemetry=disable',
      '--log-level=ERROR',
    ],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  );
  let errors = '';
  server.stderr.on('data', (chunk) => {
    errors = `${errors}${chunk}`.slice(-4_000);
  });
  const exited = once(server, 'exit');
  const stop = async () => {
    if (server.exitCode === null && server.signalCode === null) {
      server.kill('SIGTERM');
      const ended = await Promise.race([exited.then(() => true), pause(STOP_TIMEOUT, false, { ref: false })]);
      if (!ended) server.kill('SIGKILL');
      await exited;
    }
    await rm(folder, { recursive: true, force: true });
  };
  for (let tries = 0; tries < START_TRIES && server.exitCode === null; tries += 1) {
    if (await accepts(port)) return { uri: `mongodb://127.0.0.1:${port}/`, stop };
    await pause(TRY_EVERY);
  }
  await stop();
  throw new Error(`FerretDB did not answer on port ${port}: ${errors.trim() || 'it said nothing'}`);
}

async function accepts(port) {
  const socket = connect(port, '127.0.0.1');
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}

/** @returns {Promise<number>} the exit code of the command, which runs with MONGODB_URI set */
async function runWith(uri, [command, ...args]) {
  const child = spawn(command, args, {
    stdio: 'inherit',
    env: { ...process.env, MONGODB_URI: uri },
    shell: process.platform === 'win32',
  });
  // Whoever ends this script ends the command; the script itself then still stops the server.
  const forward = (signal) => child.kill(signal);
  process.on('SIGINT', forward).on('SIGTERM', forward);
  try {
    const [code] = await once(child, 'exit');
    return code ?? 1;
  } finally {
    process.off('SIGINT', forward).off('SIGTERM', forward);
  }
}

function loudly(...lines) {
  for (const line of lines) console.log(`!!! FERRETDB: ${line}`);
}

/** @returns {Promise<{ ran: boolean, code: number }>} `ran: false` where there was no FerretDB to run on */
export async function runOnFerretdb(command) {
  const go = await findGo();
  if (go === undefined) {
    loudly('NOT RUN, as Go is not on the PATH.', 'Install Go (https://go.dev/dl) and run this again to test on it.');
    return { ran: false, code: 0 };
  }
  let server;
  try {
    server = await startFerretdb(await buildFerretdb(go, (line) => console.log(`ferretdb: ${line}`)));
  } catch (error) {
    // `go` puts the reason on stderr or, as JSON, on stdout.
    const detail = `${error.stdout ?? ''}${error.stderr ?? ''}`.replace(/\s+/g, ' ').trim().slice(-500);
    loudly(`NOT RUN, as ${VERSION} could not be built or started.`, `${error.message.split('\n')[0]} ${detail}`);
    return { ran: false, code: 0 };
  }
  try {
    console.log(`ferretdb: ${VERSION} with SQLite at ${server.uri}`);
    return { ran: true, code: await runWith(server.uri, command) };
  } finally {
    await server.stop();
  }
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const command = process.argv.slice(process.argv.indexOf('--') + 1);
  if (!process.argv.includes('--') || command.length === 0) {
    console.error('usage: node scripts/ferretdb.mjs -- <command> [arguments]');
    process.exitCode = 2;
  } else {
    process.exitCode = (await runOnFerretdb(command)).code;
  }
}
