import { defineProject } from 'vitest/config';

export default defineProject({ test: { name: 'express-user-cache', include: ['tests/**/*.test.ts'] } });
