import { defineProject } from 'vitest/config';

export default defineProject({ test: { name: 'mongo-stand-in', include: ['tests/**/*.test.ts'] } });
