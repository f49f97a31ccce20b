-- May this in, now? All or nothing: whatever is refused charges nothing.
--
-- KEYS: 1 the lease, 2 the generation, 3 the duty to look again, 4 the app's announced policy; then as many stops,
--   rates, guards and counts of a month's requests as ARGV says; last, where a fair share is kept, the app's arrival time and the tenant's two
--   slots of active apps.
-- ARGV: 1 the time in microseconds (empty: this server's), 2 the token's issue in ms (empty: no token), 3 its end in
--   microseconds, 4 the policy version that the asker holds (empty: none is needed), 5 the generation under which it was
--   read, 6 the version of the limits that the asker holds, 7 the cost, 8 bytes and 9 objects to hold, 10 how many stops
--   there are, 11 how many of them kill whenever the token was issued, 12 how many rates, 13 how many guards, 14 which of
--   the rates is shared fairly (0: none), 15 the app's name, 16 its weight, 17 how many counts of requests there are, 18 as how many requests this counts; then
--   interval and burst of each rate, and the limit of each count.
-- Answers {verdict, number, wait, look again, then the longest life of tokens in seconds (0: no limit) and the room of
--   each rate}, all other times in microseconds. The number says which rate, guard or count refuses, which count
--   is unknown here, or which version is announced.
--
-- Rates are GCRA: a key holds the theoretical arrival time, a burst is how far that may lie ahead. One unit of room lets
-- any cost in, and the whole cost is charged: heavy operations wait no longer than light ones for room, and in every
-- window the admitted cost is at most burst + rate * time + cost - 1.
local LARGEST_COST, SLOT, LOOK_AGAIN, DUTY_MS = 1000, 5000000, 200000, 100

local function text(number)
  return string.format('%.0f', number)
end

local time = redis.call('TIME')
local real = time[1] * 1000000 + time[2]
local now = tonumber(ARGV[1]) or real
local stop_count, rate_count, guard_count = tonumber(ARGV[10]), tonumber(ARGV[12]), tonumber(ARGV[13])
local shared = tonumber(ARGV[14])
local first_stop, first_rate = 5, 5 + stop_count
local first_guard = first_rate + rate_count
local count_count, requests = tonumber(ARGV[17]), tonumber(ARGV[18])
local first_count = first_guard + guard_count
local share_key = first_count + count_count
local values = redis.call('MGET', unpack(KEYS, 1, first_guard - 1))

-- 1. What is known here is complete, and the asker knows what it must.
local looked, ends, life, limits = string.match(values[1] or '', '^(%d+) (%d+) (%d+) (%d+)')
looked = tonumber(looked)
if not looked or looked > real or tonumber(ends) <= real then
  return {'unsure', 0, 0, 0}
end
if tonumber(limits) > tonumber(ARGV[6]) then
  return {'new_limits', tonumber(limits), 0, 0}
end

-- 2. The token lives.
local issued = tonumber(ARGV[2])
if issued then
  local final = tonumber(ARGV[11])
  for index = 1, stop_count do
    local stop = values[first_stop + index - 1]
    if stop and (index <= final or tonumber(stop) >= issued) then
      return {'revoked', index, 0, 0}
    end
  end
  if life ~= '0' and (issued + life * 1000) * 1000 <= now then
    return {'revoked', 0, 0, 0}
  end
  if tonumber(ARGV[3]) <= now then
    return {'expired', 0, 0, 0}
  end
end
if ARGV[4] ~= '' then
  local announced = tonumber(values[4] or '0')
  if announced > tonumber(ARGV[4]) or (values[2] or '') ~= ARGV[5] then
    return {'new_policy', announced, 0, 0, values[2] or ''}
  end
end

-- 3. There is space, as far as was heard.
local bytes, objects = tonumber(ARGV[8]), tonumber(ARGV[9])
local guarded = {}
for index = 1, guard_count do
  local room = redis.call('HMGET', KEYS[first_guard + index - 1], 'bytes', 'objects')
  if room[1] then
    if bytes > tonumber(room[1]) or objects > tonumber(room[2]) then
      return {'full', index, 0, 0}
    end
    guarded[#guarded + 1] = KEYS[first_guard + index - 1]
  end
end

-- 4. The month has requests left.
for index = 1, count_count do
  local made = redis.call('GET', KEYS[first_count + index - 1])
  if not made then
    return {'uncounted', index, 0, 0}
  end
  if made + requests > tonumber(ARGV[18 + 2 * rate_count + index]) then
    return {'used_up', index, 0, 0}
  end
end

-- 5. There is room in every rate.
local cost = tonumber(ARGV[7])
local arrivals, intervals, rooms = {}, {}, {}
local longest, narrowest = 0, 0
local share_arrival, share_interval

-- The tenant's rate, shared fairly: whoever leaves half of the burst untouched borrows what nobody uses. Below that,
-- only one's own share lets in: a rate in proportion to one's weight among those who asked in the last seconds (and one
-- newcomer), with an eighth of the burst shared out at once. So what is left always suffices for those under their share.
local function wait_for_share(room, interval, burst)
  local slot = math.floor(now / SLOT)
  local app, weight = ARGV[15], tonumber(ARGV[16])
  for ahead = 1, 0, -1 do
    local key, number = KEYS[share_key + 1 + (slot + ahead) % 2], text(slot + ahead)
    local known = redis.call('HMGET', key, '#', app)
    if known[1] ~= number then
      redis.call('DEL', key)
      redis.call('HSET', key, '#', number)
      redis.call('PEXPIRE', key, SLOT / 1000 * 3)
    end
    if known[1] ~= number or not known[2] then
      redis.call('HSET', key, app, weight)
      redis.call('HINCRBY', key, 'sum', weight)
    end
  end
  local active = tonumber(redis.call('HGET', KEYS[share_key + 1 + slot % 2], 'sum'))
  local reserve = math.floor(burst / 2) * interval
  local need = math.max(interval, math.min(cost * interval, reserve))
  if room >= reserve + need then
    return 0
  end
  local at_once = math.max(1, math.floor(burst / 8)) * interval
  share_interval = math.ceil((active + 1) * interval / weight)
  local arrival = tonumber(redis.call('GET', KEYS[share_key]) or '0')
  share_arrival = math.max(arrival, now)
  if share_arrival > now + at_once + LARGEST_COST * share_interval then
    share_arrival = now + at_once
  end
  local for_share = share_arrival - now + math.min(0, share_interval - at_once)
  return math.max(0, math.min(math.max(for_share, need - room), reserve + need - room))
end

for index = 1, rate_count do
  local interval, burst = tonumber(ARGV[17 + 2 * index]), tonumber(ARGV[18 + 2 * index])
  local arrival = math.max(tonumber(values[first_rate + index - 1] or '0'), now)
  if arrival > now + (burst + LARGEST_COST) * interval then
    arrival = now + (burst - 1) * interval -- the clock was set back or the rate made faster: go on, without a burst
  end
  local room = now + burst * interval - arrival
  arrivals[index], intervals[index], rooms[index] = arrival, interval, room
  local wait = interval - room
  if index == shared then
    wait = wait_for_share(room, interval, burst)
  end
  if wait > longest then
    longest, narrowest = wait, index
  end
end

-- 6. Charge all, or nothing.
local verdict = 'limited'
if longest == 0 then
  verdict = 'admitted'
  for index = 1, rate_count do
    local after = arrivals[index] + cost * intervals[index]
    rooms[index] = rooms[index] - cost * intervals[index]
    redis.call('SET', KEYS[first_rate + index - 1], text(after), 'PX', text(math.ceil((after - now) / 1000) + 1000))
  end
  if share_arrival then
    local after = share_arrival + cost * share_interval
    redis.call('SET', KEYS[share_key], text(after), 'PX', text(math.ceil((after - now) / 1000) + 1000))
  end
  for index = 1, count_count do
    redis.call('INCRBY', KEYS[first_count + index - 1], requests)
  end
  for _, key in ipairs(guarded) do
    redis.call('HINCRBY', key, 'bytes', 0 - bytes)
    redis.call('HINCRBY', key, 'objects', 0 - objects)
  end
end
local look_again = 0
if real - looked > LOOK_AGAIN and redis.call('SET', KEYS[3], '1', 'NX', 'PX', DUTY_MS) then
  look_again = 1
end
return {verdict, narrowest, longest, look_again, tonumber(life), unpack(rooms)}
