import { announce } from './announce.js';
import { lua, prelude } from './lua.js';

/**
 * Invalidates everything with one UNLINK. ARGV: nonce, incarnation of a new life, channel to announce on or ''. Answers {nonce}. Holds move into a new
 * incarnation: a write that is still under way must keep fills out of the bucket's next life too.
 */
export const forget = lua`#!lua flags=allow-oom
${prelude}${announce}
-- whatever is there is to go, if it is no hash too
local kept = redis.pcall('HGET', bucket, 'w')
local holds, ttl = standing(type(kept) == 'string' and kept or ''), redis.call('PTTL', bucket)
redis.call('UNLINK', bucket)
announce(ARGV[3], '', {})
if holds ~= '' then
  write_control(ARGV[2], 0, holds)
  redis.call('PEXPIRE', bucket, ttl)
end
return { nonce }
`;
