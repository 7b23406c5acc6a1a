-- The source of the cases in this folder: small, always the same, and with rows on both sides of every trap.

-- Ada leads Ben and Cleo, Ben leads Dov and Eve; Eve owns nothing. Owner 99 of some ticks is nobody.
CREATE TABLE people (id integer PRIMARY KEY, name text NOT NULL, email text NOT NULL, boss_id integer);
INSERT INTO people VALUES
  (1, 'Ada', 'ada@traps.example', NULL), (2, 'Ben', 'ben@traps.example', 1), (3, 'Cleo', 'cleo@traps.example', 1),
  (4, 'Dov', 'dov@traps.example', 2), (5, 'Eve', 'eve@traps.example', 2);

-- Who was in which team from when (included) to when (excluded; NULL: still). Dov had no team in the year 2019.
CREATE TABLE teams (person_id integer, valid_from timestamptz, valid_to timestamptz, team text, PRIMARY KEY (person_id, valid_from));
INSERT INTO teams VALUES
  (1, '2000-01-01 00:00Z', NULL, 'red'),
  (2, '2000-01-01 00:00Z', '2018-07-01 07:00Z', 'red'), (2, '2018-07-01 07:00Z', NULL, 'blue'),
  (3, '2000-01-01 00:00Z', '2017-03-12 08:00Z', 'blue'), (3, '2017-03-12 08:00Z', '2020-02-29 06:00Z', 'red'), (3, '2020-02-29 06:00Z', NULL, 'green'),
  (4, '2000-01-01 00:00Z', '2019-01-01 06:00Z', 'blue'), (4, '2020-01-01 06:00Z', NULL, 'green');

-- Units of a currency for one US dollar, on the first of each month only; none before the year 2016, none of NOK.
CREATE TABLE rates (day date, currency text, per_usd numeric(12, 6), PRIMARY KEY (day, currency));
INSERT INTO rates SELECT day, 'USD', 1 FROM generate_series(timestamp '2016-01-01', '2024-12-01', '1 month') AS day;
INSERT INTO rates SELECT day, 'EUR', 0.8 + extract(month FROM day) / 100 + (extract(year FROM day) - 2016) / 250
  FROM generate_series(timestamp '2016-01-01', '2024-12-01', '1 month') AS day;
INSERT INTO rates SELECT day, 'JPY', 101.5 + extract(month FROM day) + 3 * (extract(year FROM day) - 2016)
  FROM generate_series(timestamp '2016-01-01', '2024-12-01', '1 month') AS day;

-- at: an instant; wall: what a clock in Berlin showed, without saying so; day: the day in Chicago.
CREATE TABLE ticks (
  id bigint PRIMARY KEY, at timestamptz, wall timestamp, day date, owner_id integer, kind text, amount numeric(10, 2),
  weight double precision, qty integer, flag boolean, currency text);
CREATE TABLE moments AS SELECT at FROM (
  -- over five years, with ISO week 53 of 2020, the 53 weeks of retail 2017 and a leap day
  SELECT generate_series(timestamptz '2015-12-01 00:37Z', '2021-03-01 00:00Z', '2 hours') AS at, 33 AS share
  UNION ALL SELECT generate_series(low, high, '10 minutes'), 71 FROM (VALUES
    (timestamptz '2024-03-09 00:00Z', timestamptz '2024-03-11 12:00Z'),  -- Chicago goes forward at 08:00Z on the 10th
    ('2024-11-02 00:00Z', '2024-11-04 12:00Z'),                          -- Chicago and Havana go back on the 3rd
    ('2024-03-30 12:00Z', '2024-04-01 00:00Z'),                          -- Berlin goes forward
    ('2024-10-26 12:00Z', '2024-10-28 00:00Z'),                          -- Berlin goes back
    ('2024-04-06 06:00Z', '2024-04-07 18:00Z'),                          -- Lord Howe goes back by half an hour
    ('2024-10-05 06:00Z', '2024-10-06 18:00Z'),                          -- Lord Howe goes forward by half an hour
    ('2024-09-07 12:00Z', '2024-09-09 12:00Z'),                          -- Santiago goes forward at midnight
    ('2023-02-26 06:00Z', '2023-03-03 06:00Z'), ('2024-02-26 06:00Z', '2024-03-03 06:00Z'),  -- the leap day and a year before
    ('2011-12-27 12:00Z', '2012-01-02 12:00Z')                           -- Apia has no 30 December 2011
  ) AS w(low, high)
) AS m  -- irregular: no two hours, days or weeks are alike
WHERE (extract(epoch FROM at)::bigint / 60 * 7919 + (extract(epoch FROM at)::bigint / 86400) % 97 * 31) % 101 < share + extract(epoch FROM at)::bigint / 86400 % 23;
INSERT INTO ticks
  SELECT n, at, at AT TIME ZONE 'Europe/Berlin', (at AT TIME ZONE 'America/Chicago')::date,
         (ARRAY[1, 2, 3, 4, 99, NULL, 2, 1, 3, 1, 2])[1 + n % 11], (ARRAY['alpha', 'Beta', 'été', '', NULL, 'alpha', '100%_', '(other)'])[1 + n % 8],
         CASE WHEN n % 13 <> 0 THEN ((n * 7919) % 100003) / 100.0 - 20 END, CASE WHEN n % 17 <> 0 THEN ((n * 31) % 997) / 8.0 END,
         n % 6, (ARRAY[true, false, NULL])[1 + n % 3], (ARRAY['USD', 'EUR', 'JPY', 'USD'])[1 + n % 4]
  FROM (SELECT row_number() OVER (ORDER BY at) AS n, at FROM moments) AS numbered;
-- A clock in Berlin showed 02:30 on 31 March 2024, which never was; and ticks that nobody timed.
INSERT INTO ticks VALUES
  (900001, '2024-03-31 01:30Z', '2024-03-31 02:30', '2024-03-30', 1, 'alpha', 5.50, 0.5, 1, true, 'EUR'),
  (900002, NULL, NULL, NULL, 2, 'Beta', 7.25, 1.5, 2, false, 'USD'), (900003, NULL, NULL, NULL, NULL, NULL, NULL, NULL, 3, NULL, 'USD');
DROP TABLE moments;
CREATE INDEX ON ticks (at);

-- Plans of the number of ticks by day and week, of their amount by quarter and year.
CREATE TABLE plan_days AS SELECT day::date AS day, 3 + extract(dow FROM day)::integer AS value FROM generate_series(timestamp '2018-01-01', '2018-12-31', '1 day') AS day;
CREATE TABLE plan_weeks AS SELECT week::date AS week, 20.50 + extract(week FROM week) AS value FROM generate_series(timestamp '2018-01-01', '2018-12-31', '7 days') AS week;
CREATE TABLE plan_quarters AS SELECT quarter::date AS quarter, owner_id, 1000.00 * owner_id AS value
  FROM generate_series(timestamp '2018-01-01', '2018-10-01', '3 months') AS quarter, (VALUES (1), (2), (3)) AS o(owner_id);
CREATE TABLE plan_years (year date, value numeric(12, 2));
INSERT INTO plan_years VALUES ('2018-01-01', 365000.00), ('2020-01-01', 366000.00);

-- Visits and what was ordered. Each line is a trap of conversion within 2 days; clocks go forward on 10 March 2024.
CREATE TABLE visits (id integer PRIMARY KEY, visitor integer, came_at timestamptz, channel text);
CREATE TABLE orders (id integer PRIMARY KEY, visitor integer, made_at timestamptz, amount numeric(10, 2), paid boolean NOT NULL);
INSERT INTO visits VALUES
  (1, 1, '2024-03-01 10:00-06', 'ad'),                                                 -- orders twice: counts once
  (2, 2, '2024-03-01 11:00-06', 'ad'), (3, 2, '2024-03-02 11:00-06', 'mail'),          -- comes twice, orders once
  (4, 3, '2024-03-04 09:00-06', 'ad'),                                                 -- orders at that very moment
  (5, 4, '2024-03-05 09:00-06', 'mail'),                                               -- orders exactly two days later: too late
  (6, 5, '2024-03-06 09:00-06', 'mail'),                                               -- ordered before
  (7, 6, '2024-03-09 10:00-06', 'ad'),                                                 -- two days of wall clock are 47 hours
  (8, 7, '2024-03-09 11:00-06', 'ad'),                                                 -- 46.5 hours later: in time
  (9, NULL, '2024-03-12 09:00-05', 'ad'), (10, 8, '2024-03-13 09:00-05', NULL),        -- nobody; no channel
  (11, 9, '2024-03-31 20:00-05', 'mail'), (12, 10, '2024-04-02 12:00-05', 'ad'),       -- orders in the next month
  (13, 11, '2024-04-15 12:00-05', 'mail'), (14, 12, '2024-04-29 12:00-05', 'ad'), (15, 13, '2024-04-30 12:00-05', 'ad'),
  (16, 1, '2024-04-20 08:00-05', 'mail');                                              -- the first one again, orders nothing
INSERT INTO orders VALUES
  (1, 1, '2024-03-01 12:00-06', 10.00, true), (2, 1, '2024-03-02 12:00-06', 20.00, true),
  (3, 2, '2024-03-02 12:00-06', 30.00, true), (4, 3, '2024-03-04 09:00-06', 40.00, true),
  (5, 4, '2024-03-07 09:00-06', 50.00, true), (6, 5, '2024-03-06 08:59-06', 60.00, true),
  (7, 6, '2024-03-11 10:00-05', 70.00, true), (8, 7, '2024-03-11 10:30-05', 80.00, true),
  (9, NULL, '2024-03-12 10:00-05', 90.00, true), (10, 8, '2024-03-13 10:00-05', 15.00, false),
  (11, 9, '2024-04-01 09:00-05', 25.00, true), (12, 10, '2024-04-03 12:00-05', 35.00, true),
  (13, 12, '2024-04-30 18:00-05', 45.00, true), (14, 13, '2024-05-01 09:00-05', 55.00, true);

-- Rented from a day to a day (excluded; NULL: still), and rooms by the instant.
CREATE TABLE rents (id integer PRIMARY KEY, tenant text, from_day date, to_day date, price numeric(10, 2));
INSERT INTO rents VALUES
  (1, 'a', '2024-01-01', '2024-02-01', 100.00), (2, 'a', '2024-02-01', NULL, 110.00), (3, 'b', '2024-01-31', '2024-02-29', 200.00),
  (4, 'b', '2024-02-29', '2024-03-01', 210.00), (5, 'c', '2024-02-10', '2024-02-10', 300.00), (6, NULL, '2024-03-31', '2024-04-01', 400.00),
  (7, 'd', NULL, '2024-03-15', 500.00), (8, 'd', NULL, NULL, 510.00), (9, 'c', '2024-03-10', '2024-03-20', NULL);
CREATE TABLE stays (id integer PRIMARY KEY, room text, came_at timestamptz, left_at timestamptz, guests integer NOT NULL);
INSERT INTO stays VALUES
  (1, 'x', '2024-03-01 00:00-06', '2024-03-10 00:00-06', 1), (2, 'x', '2024-03-10 00:00-06', '2024-03-11 00:00-05', 2),
  (3, 'y', '2024-03-10 23:59:59.999999-05', NULL, 3), (4, 'y', '2024-03-05 15:00-06', '2024-03-08 11:00-06', 4),
  (5, NULL, '2024-03-31 23:00-05', '2024-04-01 00:00-05', 5), (6, 'z', NULL, '2024-03-20 12:00-05', 6), (7, 'z', '2024-02-29 12:00-06', '2024-02-29 18:00-06', 7);
GRANT SELECT ON ALL TABLES IN SCHEMA public TO PUBLIC;
