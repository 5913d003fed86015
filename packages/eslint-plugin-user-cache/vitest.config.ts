import { defineProject } from 'vitest/config';

export default defineProject({ test: { name: 'eslint-plugin-user-cache', include: ['tests/**/*.test.ts'] } });
