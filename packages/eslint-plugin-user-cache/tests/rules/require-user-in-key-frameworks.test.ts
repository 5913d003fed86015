import { runCases } from './key-tester.js';

runCases('frameworks, and req.sharedCache', {
  valid: [],
  invalid: [
    {
      name: 'a procedure takes its context in an object',
      code: `
import { redis } from '../lib/redis.js';
export const notes = procedure.query(async ({ ctx, input }) => {
  const rows = await ctx.db.note.findMany({ where: { authorId: ctx.session.user.id } });
  await redis.set(\`notes:\${input.page}\`, JSON.stringify(rows));
  return rows;
});`,
      reports: [
        {
          line: 5,
          data: { key: 'notes:{input.page}', identity: 'ctx.session.user.id', effect: 'filters the query', line: '4' },
          suggestion: {
            identity: 'ctx.session.user.id',
            output: `
import { redis } from '../lib/redis.js';
export const notes = procedure.query(async ({ ctx, input }) => {
  const rows = await ctx.db.note.findMany({ where: { authorId: ctx.session.user.id } });
  await redis.set(\`notes:\${ctx.session.user.id}:\${input.page}\`, JSON.stringify(rows));
  return rows;
});`,
          },
        },
      ],
    },
    {
      name: 'an annotated service with a decorated parameter',
      code: `
class Notes {
  constructor(private readonly cacheService: CacheService) {}
  @Get()
  async list(@CurrentUser() user: User) {
    return this.cacheService.getOrSet('notes', () =>
      this.repository.find({ where: { author: user.id } }),
    );
  }
}`,
      typescript: true,
      reports: [
        {
          line: 6,
          data: { key: 'notes', identity: 'user.id', effect: 'filters the query', line: '7' },
          suggestion: {
            identity: 'user.id',
            output: `
class Notes {
  constructor(private readonly cacheService: CacheService) {}
  @Get()
  async list(@CurrentUser() user: User) {
    return this.cacheService.getOrSet(\`notes:\${user.id}\`, () =>
      this.repository.find({ where: { author: user.id } }),
    );
  }
}`,
          },
        },
      ],
    },
    {
      name: 'req.sharedCache holds what depends on the session',
      code: `
router.get('/lookup/:id', async (req, res) => {
  res.json(
    await req.sharedCache.getOrSet(['lookup', req.params.id], () =>
      Note.find({ author: req.user.id }),
    ),
  );
});`,
      reports: [
        {
          messageId: 'sharedHoldsUserData',
          line: 4,
          data: { key: 'lookup:{req.params.id}', identity: 'req.user.id', effect: 'filters the query', line: '5' },
          suggestion: {
            output: `
router.get('/lookup/:id', async (req, res) => {
  res.json(
    await req.userCache.getOrSet(['lookup', req.params.id], () =>
      Note.find({ author: req.user.id }),
    ),
  );
});`,
          },
        },
      ],
    },
    {
      name: 'a user id in the key does not make req.sharedCache the place for it',
      code: `
router.get('/lookup', async ({ user, sharedCache }, res) => {
  await sharedCache.set(['lookup', user.id], await Note.find({ author: user.id }));
});`,
      reports: [
        {
          messageId: 'sharedHoldsUserData',
          line: 3,
          data: { key: 'lookup:{req.user.id}', identity: 'req.user.id', effect: 'filters the query', line: '3' },
        },
      ],
    },
  ],
});
