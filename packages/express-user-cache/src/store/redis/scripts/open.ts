import { lua, prelude } from './lua.js';

/** ARGV: nonce, incarnation of a new life, ms that an empty bucket lives. Answers {nonce, control}. */
export const open = lua`${prelude}
local control = current()
if not control then
  control = write_control(ARGV[2], 0, '')
  redis.call('PEXPIRE', bucket, ARGV[3])
elseif string.sub(control, -1) == '!' then
  local incarnation, fence = parse(control)
  control = write_control(incarnation, fence, standing(redis.call('HGET', bucket, 'w')))
end
return { nonce, control }
`;
