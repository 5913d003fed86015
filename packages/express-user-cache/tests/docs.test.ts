import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';

const here = dirname(fileURLToPath(import.meta.url));
const root = join(here, '..', '..', '..');
const guides = join(root, 'docs');
const pages = [
  join(root, 'README.md'),
  join(here, '..', 'README.md'),
  ...readdirSync(guides).map((file) => join(guides, file)),
];

/** What the snippets speak of without saying it. */
const AROUND = `
import 'express-session';
declare module 'express-session' {
  interface SessionData { userId: string; account: { id: string } }
}
declare global {
  type Row = { title: string; at: Date };
  const app: import('express').Express;
  const req: import('express').Request;
  const userCache: typeof import('express-user-cache').userCache;
  const id: string, q: string, page: number;
  const cache: import('express-user-cache').UserCacheMiddleware<{ conversation: { ttl: 'medium' } }, { config: { ttl: 'long' } }>;
  const Conversation: {
    findOne(filter: object): { lean(): Promise<Row | null> };
    findOneAndUpdate(filter: object, change: object): Promise<Row | null>;
  };
  function session(): import('express').RequestHandler;
  function findConversation(id: string): Promise<Row | null>;
  function rename(id: string, change: unknown): Promise<Row | null>;
}
`;

interface Snippet {
  readonly file: string;
  readonly code: string;
}

const snippets: Snippet[] = pages.flatMap((page) =>
  [...readFileSync(page, 'utf8').matchAll(/^```ts\n(.*?)^```/gms)].map(([, code = ''], index) => ({
    // Beside this file, so that the package finds itself and express.
    file: join(here, `${relative(root, page).replace(/\W/g, '-')}-${index + 1}.ts`),
    code: `${code}\nexport {};\n`,
  })),
);

/** A Register changes the types of everything compiled with it, so such a snippet is compiled on its own. */
const registers = (snippet: Snippet): boolean => snippet.code.includes('interface Register');

function problemsOf(group: readonly Snippet[]): string[] {
  const sources = new Map(
    [...group, { file: join(here, 'around.ts'), code: AROUND }].map(({ file, code }) => [file, code]),
  );
  const options: ts.CompilerOptions = {
    strict: true,
    noEmit: true,
    skipLibCheck: true,
    target: ts.ScriptTarget.ES2023,
    module: ts.ModuleKind.NodeNext,
    types: ['node'],
    lib: ['lib.es2023.d.ts', 'lib.esnext.disposable.d.ts'],
  };
  const disk = ts.createCompilerHost(options);
  const readFile = (file: string): string | undefined => sources.get(file) ?? disk.readFile(file);
  const host: ts.CompilerHost = {
    ...disk,
    readFile,
    fileExists: (file) => sources.has(file) || disk.fileExists(file),
    getSourceFile: (file, version) => {
      const text = readFile(file);
      return text === undefined ? undefined : ts.createSourceFile(file, text, version);
    },
  };
  const program = ts.createProgram({ rootNames: [...sources.keys()], options, host });
  return ts.getPreEmitDiagnostics(program).map(({ file, start = 0, messageText }) => {
    const line = file ? file.getLineAndCharacterOfPosition(start).line + 1 : 0;
    return `${relative(here, file?.fileName ?? '')}:${line} ${ts.flattenDiagnosticMessageText(messageText, '\n')}`;
  });
}

describe('the snippets of the documentation', () => {
  it('are found', () => {
    expect(snippets.length).toBeGreaterThan(7);
  });

  it('compile as they are printed', { timeout: 60_000 }, () => {
    expect(problemsOf(snippets.filter((snippet) => !registers(snippet)))).toEqual([]);
    for (const snippet of snippets.filter(registers)) expect(problemsOf([snippet])).toEqual([]);
  });
});

describe('the pages', () => {
  it.each(pages.map((page) => [relative(root, page), page]))('%s links only to what is there', (_, page) => {
    const text = readFileSync(page, 'utf8');
    const targets = [...text.matchAll(/\]\((?!https?:)([^)#\s]+)/g)].map(([, target = '']) =>
      join(dirname(page), target),
    );
    for (const target of targets)
      expect(ts.sys.fileExists(target) || ts.sys.directoryExists(target), target).toBe(true);
  });

  it('explain every code there is', () => {
    const codes = [...readFileSync(join(here, '..', 'src', 'errors.ts'), 'utf8').matchAll(/'(ERR_UC_\w+)'/g)].map(
      ([, code]) => code,
    );
    const page = readFileSync(join(guides, 'errors.md'), 'utf8');
    expect(codes.length).toBeGreaterThan(15);
    for (const code of codes) expect(page).toContain(`\`${code ?? ''}\``);
  });
});
