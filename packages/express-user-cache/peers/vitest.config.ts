import { defineConfig } from 'vitest/config';

export default defineConfig({ test: { name: 'peers', include: ['*.test.ts'], fileParallelism: false } });
