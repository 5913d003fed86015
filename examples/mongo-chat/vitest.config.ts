import { defineProject } from 'vitest/config';

export default defineProject({ test: { name: 'mongo-chat', include: ['tests/**/*.test.ts'] } });
