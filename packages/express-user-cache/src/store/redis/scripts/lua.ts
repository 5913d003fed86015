/** Marks a template as Lua, for editors; the text is used as it stands. */
export const lua = String.raw;

/**
 * What every script shares. A bucket is one hash: `c` control, `v:<name>` entries, `p:<prefix>` the fence at the last
 * invalidation of that prefix, `m` the highest fence among dropped notes, `w` the holds as `<id>=<deadline>;`,
 * `l:<name>` the lease of a load, as `<control> <id> <deadline>`: one under another control string than `c` is none.
 *
 * Every script answers `{nonce, …}`: ioredis pairs replies by order and cannot notice a shift, the nonce can.
 */
export const prelude = lua`
local bucket = KEYS[1]
local nonce = ARGV[1]

local function now()
  local t = redis.call('TIME')
  return t[1] * 1000 + math.floor(t[2] / 1000)
end

-- the incarnation and the fence; nothing where it is no control string, or a fence that cannot be counted on from
local function parse(control)
  local incarnation, fence = string.match(control, '^([%w_-]+)%.(%d+)!?$')
  if incarnation and #fence <= 15 then return incarnation, tonumber(fence) end
end

-- the fence of the next invalidation: one more, or the time in ms where that is more. A server that comes back with what it
-- held earlier (a snapshot, a replica that lagged) would count the same fences a second time, and a stamp from before would
-- pass for one from now. Where the clock goes back, the count goes on
local function next_fence(fence)
  return math.max(fence + 1, now())
end

-- the control string of the bucket. A bucket whose control string is gone or is none is no bucket: entries that no fence
-- stands over would outlive every invalidation
local function current()
  local control = redis.call('HGET', bucket, 'c')
  if control and parse(control) then return control end
  redis.call('UNLINK', bucket)
  return nil
end

-- the holds whose deadline has not passed, without the one that is released. Cut by hand: a pattern that is tried from every
-- character takes a server minutes for 1 MB that somebody else wrote here
local function standing(holds, released)
  local left, t, from = {}, now(), 1
  while true do
    local to = string.find(holds or '', ';', from, true)
    if not to then return table.concat(left) end
    local id, deadline = string.match(string.sub(holds, from, to), '^([%w_-]+)=(%d+);$')
    if id and id ~= released and tonumber(deadline) > t then left[#left + 1] = id .. '=' .. deadline .. ';' end
    from = to + 1
  end
end

local function write_control(incarnation, fence, holds)
  local control = incarnation .. '.' .. string.format('%d', fence)
  if holds == '' then
    redis.call('HDEL', bucket, 'w')
  else
    control = control .. '!'
    redis.call('HSET', bucket, 'w', holds)
  end
  redis.call('HSET', bucket, 'c', control)
  return control
end

-- never shortens the life of a bucket: its longest entry decides
local function live(ms)
  if redis.call('PTTL', bucket) < tonumber(ms) then redis.call('PEXPIRE', bucket, ms) end
end
`;

/** Invalidation of paths at a fence: notes them, and deletes the entries whose names begin with one of them. */
export const invalidation = lua`
local MAX_NOTES = 128

local function delete(fields)
  for i = 1, #fields, 1000 do
    redis.call('HDEL', bucket, unpack(fields, i, math.min(i + 999, #fields)))
  end
end

local function drop_old_notes(notes)
  local aged = {}
  for i, fence in ipairs(redis.call('HMGET', bucket, unpack(notes))) do
    aged[i] = { field = notes[i], fence = tonumber(fence) }
  end
  table.sort(aged, function(a, b) return a.fence < b.fence end)
  local floor, dropped = tonumber(redis.call('HGET', bucket, 'm') or '0'), {}
  for i = 1, #aged - MAX_NOTES / 2 do
    dropped[i] = aged[i].field
    floor = math.max(floor, aged[i].fence)
  end
  delete(dropped)
  redis.call('HSET', bucket, 'm', string.format('%d', floor))
end

local function invalidate(prefixes, fence)
  for _, prefix in ipairs(prefixes) do
    redis.call('HSET', bucket, 'p:' .. prefix, string.format('%d', fence))
  end
  local doomed, notes = {}, {}
  for _, field in ipairs(redis.call('HKEYS', bucket)) do
    local kind = string.sub(field, 1, 2)
    if kind == 'p:' then
      notes[#notes + 1] = field
    elseif kind == 'l:' then
      doomed[#doomed + 1] = field
    elseif kind == 'v:' then
      for _, prefix in ipairs(prefixes) do
        if string.sub(field, 3, 2 + #prefix) == prefix then
          doomed[#doomed + 1] = field
          break
        end
      end
    end
  end
  delete(doomed)
  if #notes > MAX_NOTES then drop_old_notes(notes) end
end
`;
