-- Raises what Redis holds, never lowers it: pushes may come late, twice and in any order.
-- KEYS: where the values are. ARGV: for each, the value and the moment (ms since the epoch) at which it may be
-- forgotten, 0 for never.
for index, key in ipairs(KEYS) do
  local value, until_ms = ARGV[index * 2 - 1], ARGV[index * 2]
  if tonumber(redis.call('GET', key) or '-1') < tonumber(value) then
    if until_ms == '0' then
      redis.call('SET', key, value)
    else
      redis.call('SET', key, value, 'PXAT', until_ms)
    end
  end
end
