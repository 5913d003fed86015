import { mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** How long a failed download is not tried again, in ms. */
const TRUSTED_FOR = 60 * 60_000;

export interface FailureNote {
  /** Why it failed the last time, if that was less than an hour ago. */
  read(): Promise<string | undefined>;
  write(reason: string): Promise<void>;
}

/** A file beside the downloaded binaries that remembers a failure from one start to the next. */
export function failureNote(folder: string): FailureNote {
  const path = join(folder, 'mongo-chat-download-failed.txt');
  return {
    async read() {
      try {
        const age = Date.now() - (await stat(path)).mtimeMs;
        if (age > TRUSTED_FOR) return undefined;
        return `${await readFile(path, 'utf8')}, ${Math.round(age / 60_000)} min ago; delete ${path} to try again at once`;
      } catch {
        return undefined;
      }
    },
    async write(reason) {
      try {
        await mkdir(folder, { recursive: true });
        await writeFile(path, reason);
      } catch {
        // A folder that cannot be written to costs the next start the same attempt, and nothing else.
      }
    },
  };
}
