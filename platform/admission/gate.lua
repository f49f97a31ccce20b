-- One decision: is the token alive, and does the app have room in its rate?
-- GCRA: the key holds the theoretical arrival time in microseconds; a denial writes nothing.
-- KEYS: 1 the denied token, 2 the app's arrival time. ARGV: 1 microseconds a request, 2 burst, 3 cost.
-- Answers {verdict, remaining, microseconds until full, microseconds until this would succeed}.
if redis.call('EXISTS', KEYS[1]) == 1 then
  return {'revoked', 0, 0, 0}
end
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local interval, burst, cost = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local arrival = math.max(tonumber(redis.call('GET', KEYS[2]) or '0'), now)
local after = arrival + cost * interval
local room = now + burst * interval - after
if room < 0 then
  return {'limited', math.floor((now + burst * interval - arrival) / interval), arrival - now, -room}
end
redis.call('SET', KEYS[2], string.format('%.0f', after), 'PX', math.ceil((after - now) / 1000) + 1000)
return {'admitted', math.floor(room / interval), after - now, 0}
