import { spawn } from 'node:child_process';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = dirname(dirname(fileURLToPath(import.meta.url)));

class CommandFailed extends Error {
  constructor(command, code) {
    super(`${command} failed (${code})`);
    this.code = code;
  }
}

/** Runs a command in the foreground, from the workspace's root. Throws where it fails, so that what was started is ended. */
export function run(command, args, { env = {} } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: root, stdio: 'inherit', env: { ...process.env, ...env } });
    child.once('error', reject);
    child.once('exit', (code, signal) => {
      if (code === 0) resolve();
      else reject(new CommandFailed([command.replace(`${root}/`, ''), ...args].join(' '), code ?? signal));
    });
  });
}

/** The whole of a script: a command that failed has said why itself, so one line is enough. */
export async function main(work) {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof CommandFailed)) throw error;
    console.error(`\n${error.message}`);
    process.exitCode = 1;
  }
}
