import { admission } from './admission.js';
import { announce } from './announce.js';
import { invalidation, lua, prelude } from './lua.js';

/**
 * ARGV: nonce, stamp, '1' if it supersedes, field, entry, ms to live, entries at most, channel to announce on or '',
 * then the path's prefixes, shortest first. Answers {nonce, 'stored' or why not}.
 */
export const fill = lua`${prelude}${admission}${invalidation}${announce}
local stamp, field, entry, ttl, max = ARGV[2], ARGV[4], ARGV[5], ARGV[6], tonumber(ARGV[7])
local prefixes = { unpack(ARGV, 9) }
local SAMPLE = 5

local function expiry(name)
  local _, _, at = string.find(redis.call('HGET', bucket, name), '^[^\n]*\n[^\n]*\n[^\n]*\n(%d+)\n')
  return tonumber(at or '0')
end

-- a few entries from a place that the clock chooses: looking at all of them would make a full bucket slow
local function make_room()
  if redis.call('HLEN', bucket) <= max or redis.call('HEXISTS', bucket, field) == 1 then return end
  local entries = {}
  for _, name in ipairs(redis.call('HKEYS', bucket)) do
    if string.sub(name, 1, 2) == 'v:' then entries[#entries + 1] = name end
  end
  if #entries < max then return end
  local start, soonest, earliest = tonumber(redis.call('TIME')[2]), nil, nil
  for i = 0, math.min(SAMPLE, #entries) - 1 do
    local name = entries[(start + i) % #entries + 1]
    local at = expiry(name)
    if not earliest or at < earliest then soonest, earliest = name, at end
  end
  redis.call('HDEL', bucket, soonest)
end

local control = current()
if not control then return { nonce, 'absent' } end
local refused = refusal(control, stamp, prefixes)
if ARGV[3] == '1' then
  local incarnation, fence = parse(control)
  fence = next_fence(fence)
  invalidate({ prefixes[#prefixes] }, fence)
  local left = write_control(incarnation, fence, standing(redis.call('HGET', bucket, 'w')))
  announce(ARGV[8], left, { prefixes[#prefixes] })
end
if refused then return { nonce, refused } end
make_room()
redis.call('HSET', bucket, field, entry)
live(ttl)
return { nonce, 'stored' }
`;
