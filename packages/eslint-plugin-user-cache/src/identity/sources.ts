/**
 * Where servers keep who is logged in. Paths are canonical: `req` is the request of Express, Fastify and the like, `ctx`
 * the context of Koa and the like, `res` the response, whatever the file calls them.
 */
export const SESSION_OBJECTS: readonly string[] = [
  'req.user',
  'req.currentUser',
  'req.authUser',
  'req.account',
  'req.accountability',
  'req.principal',
  'req.member',
  'req.auth',
  'req.auth.payload',
  'req.auth.user',
  'req.authInfo',
  'req.oidc.user',
  'req.jwt',
  'req.decoded',
  'req.tokenPayload',
  'req.session.user',
  'req.session.passport.user',
  'req.locals.user',
  'req.context.user',
  'res.locals.user',
  'res.locals.auth',
  'res.locals.session',
  'ctx.state.user',
  'ctx.user',
  'ctx.auth',
  'ctx.session.user',
  'ctx.currentUser',
  'ctx.req.user',
  'ctx.request.user',
];

/** A session holds more than a user: only a property that is named after one counts. */
export const SESSIONS: readonly string[] = ['req.session', 'ctx.session', 'ctx.state', 'res.locals', 'req.locals'];

/** What the client of the request controls. */
export const REQUEST_INPUT: readonly string[] = [
  'req.params',
  'req.query',
  'req.body',
  'req.headers',
  'req.cookies',
  'req.signedCookies',
  'req.get()',
  'req.header()',
  'req.originalUrl',
  'req.url',
  'req.path',
  'req.baseUrl',
  'req.method',
  'req.ip',
  'req.hostname',
  'ctx.params',
  'ctx.query',
  'ctx.request',
  'ctx.url',
  'ctx.originalUrl',
  'ctx.path',
];

/** Calls that return the session or its user: `getServerSession()`, `auth()`, `currentUser()`, `verifyToken()`. */
export const SESSION_CALL =
  /(?:^|\.)(?:(?:get|load|require|use|fetch|read)?_?(?:server|current|auth|active|logged_?in)?_?(?:session|user|viewer|auth|principal|claims|identity|account)(?:id|fromrequest|fromtoken|fromreq)?|(?:verify|decode|check|validate)_?\w*(?:token|jwt|session|auth|cookie)\w*|\w*(?:jwt|token)\w*\.(?:verify|decode)\w*|verify|whoami|getstore)(?:\(\))?$/i;
