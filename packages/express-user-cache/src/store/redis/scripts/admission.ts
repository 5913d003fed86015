import { lua } from './lua.js';

/** The rule of `store/admission.ts` in Lua; the conformance suite holds both to the same answers. */
export const admission = lua`
local function refusal(control, stamp, prefixes)
  if stamp == '' then return 'unstamped' end
  if control == stamp then return nil end
  local incarnation = parse(control)
  local stamped, fence = parse(stamp)
  if incarnation ~= stamped then return 'incarnation' end
  local fields = { 'm' }
  for i, prefix in ipairs(prefixes) do fields[i + 1] = 'p:' .. prefix end
  for _, noted in ipairs(redis.call('HMGET', bucket, unpack(fields))) do
    if noted and tonumber(noted) > fence then return 'fence' end
  end
  return nil
end
`;
