-- Publishes scores of rollups that are greater than those published. Returns what is published now.
-- KEYS[1] the published scores, JSON without expiry. ARGV[1] scores as JSON; ARGV[2] '1': names that are not there
-- may be added (only by who has read the primary: a replica that lags must not begin a count).
-- Under the empty name stands when that began: another beginning is another Redis, or one that was emptied.
-- ARGV[3] scores as JSON that were published before a snapshot of the primary was taken that has smaller ones: the
-- source has been set back, and they are replaced where nobody has changed them since.
local function read(text)
  local good, found = pcall(cjson.decode, text)
  return good and type(found) == 'table' and found or {}
end
local kept = redis.pcall('GET', KEYS[1])
local known = type(kept) == 'string' and read(kept) or {}
local before = read(ARGV[3])
local changed = type(kept) ~= 'string'
if type(known['']) ~= 'string' and ARGV[2] == '1' then
  local now = redis.call('TIME')
  known[''] = now[1] .. '.' .. now[2]
  changed = true
end
for name, score in pairs(read(ARGV[1])) do
  local now = type(known[name]) == 'string' and known[name] or nil
  if now == nil then
    if ARGV[2] == '1' then known[name] = score; changed = true end
  elseif now < score or (now > score and before[name] == now) then
    known[name] = score
    changed = true
  end
end
if changed and next(known) then
  kept = cjson.encode(known)
  redis.call('SET', KEYS[1], kept)
end
return kept
