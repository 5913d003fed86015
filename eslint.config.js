import eslint from '@eslint/js';
import prettier from 'eslint-config-prettier';
import eslintPlugin from 'eslint-plugin-eslint-plugin';
import userCache from 'eslint-plugin-user-cache';
import { defineConfig, globalIgnores } from 'eslint/config';
import tseslint from 'typescript-eslint';

export default defineConfig(
  globalIgnores(['**/dist/', '**/.cache/', '**/fixtures/']),
  eslint.configs.recommended,
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
    languageOptions: {
      parserOptions: {
        projectService: {
          allowDefaultProject: ['vitest.config.ts', 'packages/*/vitest.config.ts', 'examples/*/vitest.config.ts'],
        },
      },
    },
    rules: {
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_' }],
      // What TypeScript itself asks for where a library lets others add to its types: Register, Express.Request.
      '@typescript-eslint/no-empty-object-type': ['error', { allowInterfaces: 'always' }],
      '@typescript-eslint/no-namespace': ['error', { allowDeclarations: true }],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
    },
  },
  {
    files: ['**/*.{js,mjs}'],
    languageOptions: {
      globals: { console: 'readonly', performance: 'readonly', process: 'readonly', setTimeout: 'readonly' },
    },
  },
  { files: ['packages/eslint-plugin-user-cache/src/rules/**/*.ts'], extends: [eslintPlugin.configs.recommended] },
  {
    files: ['examples/mongo-chat/src/**/*.ts'],
    // What people write today; a test expects its findings.
    ignores: ['examples/mongo-chat/src/unsafe.ts'],
    plugins: { 'user-cache': userCache },
    extends: ['user-cache/recommended'],
  },
  prettier,
);
