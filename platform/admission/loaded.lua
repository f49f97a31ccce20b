-- Ends a full load: what is in force was read and pushed, and Redis forgot nothing since the loader claimed it.
-- KEYS: 1 the claim, 2 the horizon, 3 the generation, by which processes know that announcements from before are gone.
-- ARGV: 1 the loader's claim, 2 the horizon that the load reached.
if redis.call('GET', KEYS[1]) == ARGV[1] then
  redis.call('SET', KEYS[2], ARGV[2])
  redis.call('SET', KEYS[3], ARGV[1])
  redis.call('DEL', KEYS[1])
end
