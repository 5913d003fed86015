import type { Role } from './types.js';

/**
 * What a name says about whose value it is.
 * `proof`: good enough to show that a value is a user's. Without it the name only shows that a key is scoped: an
 * e-mail or a token tells users apart, but a query by one is no sign that its result is private.
 */
export interface NameRole {
  readonly role: Role;
  readonly proof: boolean;
}

const ID_WORDS = new Set(['id', 'uuid', 'guid', 'uid', 'idx', 'pk', 'oid', 'slug', 'ref']);

const USER_WORDS = new Set(
  `user member account owner viewer author customer student subscriber learner mentor teacher patient employee player
   seller buyer creator requester principal follower client profile person recipient sender guest admin`.split(/\s+/),
);

const TENANT_WORDS = new Set('tenant org organization organisation workspace company'.split(' '));

/** Groups that are as often a piece of the data as a border between customers. */
const GROUP_WORDS = new Set(
  'team center centre project environment env group school clinic shop store space guild site'.split(' '),
);

const USER_NAMES = new Set('uid userid sub createdby ownedby updatedby openid auth0id useruuid userpk'.split(' '));

const USER_OBJECTS = new Set(
  'user viewer principal requester currentuser authuser sessionuser loggedinuser'.split(' '),
);

const WEAK_NAMES = new Set(
  `email mail useremail username login phone token jti sid apikey session sessionid sessiontoken accesstoken
   refreshtoken authorization bearer cookie userids member account customer owner`.split(/\s+/),
);

function wordsOf(name: string): string[] {
  return name
    .replaceAll(/([a-z0-9])([A-Z])/g, '$1 $2')
    .split(/[\s_$#-]+/)
    .filter((word) => word !== '')
    .map((word) => word.toLowerCase());
}

const MAX_KNOWN = 10_000;
const known = new Map<string, NameRole | undefined>();

/** The role that a bare name, or the last part of a dotted one, stands for. */
export function roleOfName(name: string): NameRole | undefined {
  if (!known.has(name)) {
    // The names of a project are few; an editor that runs for weeks sees the names of many.
    if (known.size >= MAX_KNOWN) known.clear();
    known.set(name, readName(name));
  }
  return known.get(name);
}

function readName(name: string): NameRole | undefined {
  const words = wordsOf(name);
  const joined = words.join('');
  if (USER_NAMES.has(joined)) return { role: 'user', proof: true };
  if (USER_OBJECTS.has(joined)) return { role: 'user', proof: true };
  const last = words.at(-1) ?? '';
  const subject = words.at(-2);
  if (subject !== undefined && ID_WORDS.has(last)) {
    if (USER_WORDS.has(subject)) return { role: 'user', proof: true };
    if (TENANT_WORDS.has(subject)) return { role: 'tenant', proof: true };
    if (GROUP_WORDS.has(subject)) return { role: 'tenant', proof: false };
    if (subject === 'session') return { role: 'user', proof: false };
  }
  if (WEAK_NAMES.has(joined) || ['email', 'token'].includes(last)) return { role: 'user', proof: false };
  return undefined;
}

/** `user.id`: the name of the object says whose id it is. */
export function roleOfMember(object: string, property: string): NameRole | undefined {
  const own = roleOfName(property);
  if (own) return own;
  const bare = property.replace(/^[_#]+/, '').toLowerCase();
  if (!ID_WORDS.has(bare)) return undefined;
  const words = wordsOf(object);
  const last = words.at(-1) ?? '';
  if (USER_WORDS.has(last)) return { role: 'user', proof: true };
  if (TENANT_WORDS.has(last)) return { role: 'tenant', proof: true };
  if (GROUP_WORDS.has(last)) return { role: 'tenant', proof: false };
  return undefined;
}

const ATTRIBUTES = new Set(
  `role roles plan tier type kind permissions permission scopes scope isadmin admin ispremium premium locale lang
   language country region timezone currency subscription features preferences settings verified status level
   department grade`.split(/\s+/),
);

/** What a property of the session's user is: the user's id, a tenant, or something that many users share. */
export function roleOfSessionProperty(property: string): Role {
  const named = roleOfName(property);
  if (named) return named.role;
  const joined = wordsOf(property).join('');
  if (ATTRIBUTES.has(joined)) return 'attribute';
  return [...TENANT_WORDS, ...GROUP_WORDS].includes(joined) ? 'tenant' : 'user';
}

const OPAQUE =
  /(?:^|[a-z_])(?:key|prefix|suffix|ns|namespace|hash|digest|fingerprint|scope|parts?|segments?|args?|arguments|rest|options?|opts|params?|filters?|data|payload|obj|object|identifier|subject|body|input|cmd|command|dto|criteria|where|config|req|request|ctx|context|value)$/i;

/** Names that say "some key" or "some values": what is in them only the caller knows. */
export function isOpaqueName(name: string): boolean {
  return name === '' || OPAQUE.test(name);
}
