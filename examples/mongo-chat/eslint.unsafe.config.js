// What the rules say about `src/unsafe.ts`, which the app's own lint leaves out: `npm run lint:unsafe` in the workspace.
import userCache from 'eslint-plugin-user-cache';
import { defineConfig } from 'eslint/config';
import tseslint from 'typescript-eslint';

export default defineConfig({
  files: ['**/*.ts'],
  languageOptions: { parser: tseslint.parser },
  plugins: { 'user-cache': userCache },
  extends: ['user-cache/recommended'],
});
