import { announce } from './announce.js';
import { invalidation, lua, prelude } from './lua.js';

/**
 * ARGV: nonce, incarnation of a new life, ms that an empty bucket lives, id of the hold to place or '', its ms, id of the
 * hold to release or '', channel to announce on or '', then the prefixes. Answers {nonce}. `allow-oom`: a cache that cannot invalidate when it is full
 * serves stale data exactly then.
 */
export const invalidate = lua`#!lua flags=allow-oom
${prelude}${invalidation}${announce}
local id, ms, released = ARGV[4], tonumber(ARGV[5]), ARGV[6]
local channel, prefixes = ARGV[7], { unpack(ARGV, 8) }
local control = current()
if not control and id == '' then
  announce(channel, '', prefixes)
  return { nonce }
end

local incarnation, fence = ARGV[2], 0
if control then incarnation, fence = parse(control) end
fence = next_fence(fence)
invalidate(prefixes, fence)
local holds = standing(redis.call('HGET', bucket, 'w'), released)
if id ~= '' then holds = holds .. id .. '=' .. string.format('%d', now() + ms) .. ';' end
announce(channel, write_control(incarnation, fence, holds), prefixes)
live(math.max(tonumber(ARGV[3]), ms))
return { nonce }
`;
