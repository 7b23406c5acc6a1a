-- Keeps an entry unless the one that is there is newer: then that one is returned and stays.
-- KEYS: entry, mark. ARGV: the new entry, its rollups, their scores, its as_of (microseconds, 20 digits), expiry in
-- ms, the new mark: another one each time, so that who has seen one knows whether anything was kept since.
-- The first lines of an entry say the same of the one that is there (see entry.py). Scores of the same rollups only
-- ever grow, so they decide; as_of decides where they are equal or cannot be compared.
local old = redis.pcall('GET', KEYS[1])
if type(old) == 'string' then
  local names, scores, as_of = string.match(old, '^LL%d%d%x+ ([^\n]*)\n([^\n]*)\n(%d+)\n')
  if names then
    local same = names == ARGV[2]
    if (same and scores > ARGV[3]) or ((not same or scores == ARGV[3]) and as_of > ARGV[4]) then
      return old
    end
  end
end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[5])
redis.call('SET', KEYS[2], ARGV[6])
return false
