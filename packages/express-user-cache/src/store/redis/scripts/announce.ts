import { lua } from './lua.js';

/**
 * Tells the processes that keep copies what was invalidated: nonce, key of the bucket, the control string that is left
 * (`''` where the bucket is gone) and the prefixes, none for everything; one a line. **In the script, so that no
 * invalidation goes unheard, and also where the bucket is absent**: after an eviction copies of it may still be held. The
 * empty channel is nobody.
 */
export const announce = lua`
local function announce(channel, control, prefixes)
  if channel == '' then return end
  redis.call('PUBLISH', channel, table.concat({ nonce, bucket, control, unpack(prefixes) }, '\n'))
end
`;
