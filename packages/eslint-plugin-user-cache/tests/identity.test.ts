import { describe, expect, it } from 'vitest';
import { identityOf } from '../src/identity/identify.js';
import { roleOfMember, roleOfName, roleOfSessionProperty } from '../src/identity/names.js';
import { forEachCall } from './parse.js';

/** Whose the argument of `WHO(...)` is, as `role source path`. */
function who(code: string): string | undefined {
  return forEachCall(code, (call, analysis) => {
    const [argument] = call.arguments;
    if (call.callee.type !== 'Identifier' || call.callee.name !== 'WHO' || !argument) return undefined;
    const identity = identityOf(argument, analysis);
    return identity && `${identity.role} ${identity.source} ${identity.path}`;
  }).find((answer) => answer !== undefined);
}

describe('identityOf follows an expression to its source', () => {
  it.each([
    ['the session', '(req, res) => WHO(req.session.userId)', 'user session req.session.userId'],
    ['a constant', '(req, res) => { const me = req.user; WHO(me.id); }', 'user session req.user.id'],
    ['destructuring', '({ user: { id } }, res) => WHO(id)', 'user session req.user.id'],
    ['conversions', '(req, res) => WHO(String(req.user._id.toString()))', 'user session req.user._id'],
    ['another name of the request', '(_request, reply) => WHO(_request.user.id)', 'user session req.user.id'],
    ['a parameter by its place in a route', "app.get('/', (a, b) => WHO(a.user.id))", 'user session req.user.id'],
    ['request input', '(req, res) => WHO(req.params.userId)', 'user request req.params.userId'],
    [
      'a variable that is named after a user and filled by the client',
      '(req, res) => { const userId = req.query.userId; WHO(userId); }',
      'user request req.query.userId',
    ],
    ['a parameter of a service', '(userId) => WHO(userId)', 'user name userId'],
    ['a role of the session', '(req, res) => WHO(req.user.role)', 'attribute session req.user.role'],
    ['a tenant of the session', '(req, res) => WHO(req.user.organizationId)', 'tenant session req.user.organizationId'],
    ['no user: an id of something else', '(req, res) => WHO(req.params.id)', undefined],
    ['no user: a variable without a value', 'let c; WHO(c)', undefined],
    ['no user: names of Object.prototype', 'WHO(toString); WHO(constructor.name)', undefined],
  ])('%s', (_name, code, expected) => {
    expect(who(code.startsWith('(') ? `const f = ${code};` : code)).toBe(expected);
  });
});

describe('names', () => {
  it.each(['userId', 'user_id', 'USER_ID', 'currentUserId', 'ownerId', 'studentId', 'uid', 'createdBy'])(
    '%s is a user',
    (name) => {
      expect(roleOfName(name)).toEqual({ role: 'user', proof: true });
    },
  );

  it.each(['email', 'token', 'sessionId', 'userEmail'])('%s tells users apart, but proves nothing', (name) => {
    expect(roleOfName(name)).toEqual({ role: 'user', proof: false });
  });

  it.each(['userSettingsId', 'petId', 'id', 'username2', 'usersCount', 'toString', '__proto__', ''])(
    '%s is nobody',
    (name) => {
      expect(roleOfName(name)).toBeUndefined();
    },
  );

  it('an id is what its object is', () => {
    expect(roleOfMember('user', 'id')?.role).toBe('user');
    expect(roleOfMember('workspace', '_id')?.role).toBe('tenant');
    expect(roleOfMember('post', 'id')).toBeUndefined();
    expect([roleOfSessionProperty('plan'), roleOfSessionProperty('id')]).toEqual(['attribute', 'user']);
  });
});
