import { announce } from './announce.js';
import { lua, prelude } from './lua.js';

/**
 * Invalidates everything with one UNLINK. ARGV: nonce, incarnation of a new life, channel to announce on or ''. Answers {nonce}. Holds move into a new
 * incarnation: a write that is still under way must keep fills out of the bucket's next life too.
 */
export const forget = lua`#!lua flags=allow-oom
${prelude}${announce}
local holds, ttl = standing(redis.call('HGET', bucket, 'w')), redis.call('PTTL', bucket)
redis.call('UNLINK', bucket)
announce(ARGV[3], '', {})
if holds ~= '' then
  write_control(ARGV[2], 0, holds)
  redis.call('PEXPIRE', bucket, ttl)
end
return { nonce }
`;
