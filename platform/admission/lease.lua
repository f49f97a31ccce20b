-- Says that Redis is complete as of a moment, if nothing was lost since the sayer looked.
-- KEYS: 1 the lease, 2 the horizon.
-- ARGV: 1 when the sayer began to look, in microseconds of this server's clock, 2 the horizon that it found then,
--   3 the horizon that it brought Redis up to, 4 how long the lease lasts in microseconds, 5 the longest life of a token
--   in seconds or 0, 6 the version of the limits.
-- Answers 1, or 0 where Redis lost its memory meanwhile.
local horizon = redis.call('GET', KEYS[2])
if not horizon or tonumber(horizon) < tonumber(ARGV[2]) then
  return 0
end
if tonumber(ARGV[3]) > tonumber(horizon) then
  redis.call('SET', KEYS[2], ARGV[3])
end
local time = redis.call('TIME')
local now, looked = time[1] * 1000000 + time[2], tonumber(ARGV[1])
local before = tonumber(string.match(redis.call('GET', KEYS[1]) or '0', '^%d+'))
if looked >= before or before > now then
  local ends = looked + tonumber(ARGV[4])
  local value = string.format('%.0f %.0f %s %s', looked, ends, ARGV[5], ARGV[6])
  redis.call('SET', KEYS[1], value, 'PXAT', string.format('%.0f', math.ceil(ends / 1000)))
end
return 1
