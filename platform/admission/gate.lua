-- One decision: is the token alive, and does the app have room in its rate?
-- GCRA: the key holds the theoretical arrival time in microseconds; a denial writes nothing.
-- KEYS: 1 the lease, 2 the app's arrival time, then the token's own line, then the epochs.
-- ARGV: 1 microseconds a request, 2 burst, 3 cost, 4 the token's issue in ms, 5 how many keys its own line has.
-- Answers {verdict, remaining, microseconds until full, microseconds until this would succeed}.
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local looked, ends, life = string.match(redis.call('GET', KEYS[1]) or '', '^(%d+) (%d+) (%d+)')
if not looked or tonumber(looked) > now or tonumber(ends) <= now then
  return {'unsure', 0, 0, 0}
end
local issued = tonumber(ARGV[4])
if life ~= '0' and (issued + life * 1000) * 1000 <= now then
  return {'revoked', 0, 0, 0}
end
local own_until = 2 + tonumber(ARGV[5])
local stops = redis.call('MGET', unpack(KEYS, 3))
for index, stop in ipairs(stops) do
  if stop and (index + 2 <= own_until or tonumber(stop) >= issued) then
    return {'revoked', 0, 0, 0}
  end
end
local interval, burst, cost = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local arrival = math.max(tonumber(redis.call('GET', KEYS[2]) or '0'), now)
local after = arrival + cost * interval
local room = now + burst * interval - after
if room < 0 then
  return {'limited', math.floor((now + burst * interval - arrival) / interval), arrival - now, -room}
end
redis.call('SET', KEYS[2], string.format('%.0f', after), 'PX', math.ceil((after - now) / 1000) + 1000)
return {'admitted', math.floor(room / interval), after - now, 0}
