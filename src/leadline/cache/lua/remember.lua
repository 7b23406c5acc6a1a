-- Remembers who has a session, unless it was ended a moment ago. KEYS: fresh, last. ARGV: value, life of each in ms.
if redis.pcall('GET', KEYS[1]) == 'ended' then
  return 0
end
if tonumber(ARGV[2]) > 0 then
  redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
end
redis.call('SET', KEYS[2], ARGV[1], 'PX', ARGV[3])
return 1
