// Packs both packages as they would be published, and checks the tarballs: entry points, types, and a real install.
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { main, root, run } from './run.mjs';
import { pnpm } from './setup.mjs';

const bin = (name) => join(root, 'node_modules', '.bin', name);
await main(async () => {
  const folder = mkdtempSync(join(tmpdir(), 'user-cache-packages-'));
  try {
    for (const name of ['express-user-cache', 'eslint-plugin-user-cache']) {
      await pnpm('--filter', name, 'exec', 'npm', 'pack', '--silent', '--pack-destination', folder);
    }
    for (const tarball of readdirSync(folder).map((file) => join(folder, file))) {
      await run(bin('publint'), ['run', tarball, '--strict']);
      // The packages are ESM; a CommonJS application loads them by require() on every Node that we support.
      await run(bin('attw'), [tarball, '--profile', 'esm-only', '--no-emoji', '--format', 'ascii']);
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
