import { admission } from './admission.js';
import { announce } from './announce.js';
import { invalidation, lua, prelude } from './lua.js';

/**
 * ARGV: nonce, stamp, '1' if it supersedes, field, entry, ms to live, entries at most, channel to announce on or '', '1'
 * where fields may be able to expire, then the path's prefixes, shortest first. Answers {nonce, 'stored' or why not, '1'
 * if the field will expire}.
 */
export const fill = lua`${prelude}${admission}${invalidation}${announce}
local stamp, field, entry, ttl, max = ARGV[2], ARGV[4], ARGV[5], ARGV[6], tonumber(ARGV[7])
local prefixes = { unpack(ARGV, 10) }
local SAMPLE = 5

-- when an entry expires, and until when it may be asked for, by the clock of who stored it; nothing where it is no entry
local function times(text)
  local at, grace = string.match(text or '', '^[^\n]*\n[^\n]*\n[^\n]*\n(%d+)%+?(%d*)\n')
  if at then return tonumber(at), tonumber(at) + (tonumber(grace) or 0) end
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
    local at = times(redis.call('HGET', bucket, name)) or 0
    if not earliest or at < earliest then soonest, earliest = name, at end
  end
  redis.call('HDEL', bucket, soonest)
end

-- whether the server lets the entry go by itself (Redis 7.4, Valkey 9); others do not know the command
local function expires()
  if ARGV[9] == '' then return false end
  local answer = redis.pcall('HPEXPIRE', bucket, ttl, 'FIELDS', 1, field)
  return type(answer) == 'table' and not answer.err
end

-- two looked at for every one that is stored, so that those which are of no use to anybody do not outgrow the others; by the
-- clock of who stores, as it would find them expired if it read them
local function clear_expired()
  local _, kept = times(entry)
  if not kept then return end
  local sample = redis.call('HRANDFIELD', bucket, 2, 'WITHVALUES')
  for i = 1, #sample, 2 do
    if sample[i] ~= field and string.sub(sample[i], 1, 2) == 'v:' then
      local _, last = times(sample[i + 1])
      if last and last <= kept - ttl then redis.call('HDEL', bucket, sample[i]) end
    end
  end
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
if expires() then return { nonce, 'stored', '1' } end
clear_expired()
return { nonce, 'stored', '' }
`;
