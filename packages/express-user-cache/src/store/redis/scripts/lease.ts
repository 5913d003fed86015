import { lua, prelude } from './lua.js';

/**
 * Takes, renews or ends the lease of a load. ARGV: nonce, stamp that the load starts under, field, id of who asks, ms that
 * the lease lives or 0 to end it, '1' if who asks has waited for it. Answers {nonce, 'taken', 'held' or 'free'}.
 */
export const lease = lua`${prelude}
local stamp, field, id, ms, waited = ARGV[2], ARGV[3], ARGV[4], tonumber(ARGV[5]), ARGV[6]
if redis.call('HGET', bucket, 'c') ~= stamp then return { nonce, 'free' } end
local under, holder, deadline = string.match(redis.call('HGET', bucket, field) or '', '^(%S+) ([%w_-]+) (%d+)$')
if under ~= stamp then holder = nil end
if ms == 0 then
  if holder == id then redis.call('HDEL', bucket, field) end
  return { nonce, 'free' }
end
local lapsed = holder and tonumber(deadline) <= now()
if holder == id or lapsed or (not holder and waited == '') then
  redis.call('HSET', bucket, field, stamp .. ' ' .. id .. ' ' .. string.format('%d', now() + ms))
  return { nonce, 'taken' }
end
return { nonce, holder and 'held' or 'free' }
`;
