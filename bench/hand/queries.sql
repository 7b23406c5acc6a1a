-- One query a block. a..b: the period so far; pa..pb, ya..yb: the ones before; ma..mb: the whole period.

-- name: revenue
SELECT n, p, (n - p) / nullif(p, 0), y, (n - y) / nullif(y, 0), pace
  FROM (SELECT coalesce(sum(revenue) FILTER (WHERE day >= %(a)s AND day < %(b)s), 0) AS n,
               coalesce(sum(revenue) FILTER (WHERE day >= %(pa)s AND day < %(pb)s), 0) AS p,
               coalesce(sum(revenue) FILTER (WHERE day >= %(ya)s AND day < %(yb)s), 0) AS y
          FROM hand.sales_day WHERE day >= %(ya)s AND day < %(b)s) AS s,
       (SELECT sum(amount * (least(until, %(b)s) - greatest(month, %(a)s)) / days) AS pace
          FROM hand.target_month WHERE month < %(b)s AND until > %(a)s) AS t

-- name: revenue_target
SELECT n, p, (n - p) / nullif(p, 0), y, (n - y) / nullif(y, 0), target, pace
  FROM (SELECT coalesce(sum(revenue) FILTER (WHERE day >= %(a)s AND day < %(b)s), 0) AS n,
               coalesce(sum(revenue) FILTER (WHERE day >= %(pa)s AND day < %(pb)s), 0) AS p,
               coalesce(sum(revenue) FILTER (WHERE day >= %(ya)s AND day < %(yb)s), 0) AS y
          FROM hand.sales_day WHERE day >= %(ya)s AND day < %(b)s) AS s,
       (SELECT sum(amount) AS target,
               sum(amount * greatest(least(until, %(b)s) - month, 0) / days) AS pace
          FROM hand.target_month WHERE month >= %(ma)s AND month < %(mb)s) AS t

-- name: revenue_spark
SELECT b.at::date, coalesce(sum(revenue), 0)
  FROM generate_series(date_trunc(%(grain)s, %(a)s::timestamp), %(b)s::date - 1, ('1 ' || %(grain)s)::interval) AS b (at)
  LEFT JOIN hand.sales_day ON date_trunc(%(grain)s, day::timestamp) = b.at AND day >= %(a)s AND day < %(b)s
 GROUP BY 1 ORDER BY 1

-- name: revenue_series
SELECT d.at::date, coalesce(n.revenue, 0), coalesce(p.revenue, 0),
       (coalesce(n.revenue, 0) - p.revenue) / nullif(p.revenue, 0), coalesce(y.revenue, 0),
       (coalesce(n.revenue, 0) - y.revenue) / nullif(y.revenue, 0)
  FROM generate_series(%(a)s::timestamp, %(b)s::date - 1, '1 day') AS d (at)
  LEFT JOIN hand.sales_day AS n ON n.day = d.at::date
  LEFT JOIN hand.sales_day AS p ON p.day = (d.at - interval '1 month')::date
  LEFT JOIN hand.sales_day AS y ON y.day = (d.at - interval '1 year')::date
 ORDER BY 1

-- name: leads
SELECT n, p, (n - p)::numeric / nullif(p, 0), y, (n - y)::numeric / nullif(y, 0)
  FROM (SELECT coalesce(sum(leads) FILTER (WHERE day >= %(a)s AND day < %(b)s), 0) AS n,
               coalesce(sum(leads) FILTER (WHERE day >= %(pa)s AND day < %(pb)s), 0) AS p,
               coalesce(sum(leads) FILTER (WHERE day >= %(ya)s AND day < %(yb)s), 0) AS y
          FROM hand.leads_day WHERE day >= %(ya)s AND day < %(b)s) AS s

-- name: leads_spark
SELECT d.at::date, coalesce(sum(leads), 0)
  FROM generate_series(%(a)s::timestamp, %(b)s::date - 1, '1 day') AS d (at)
  LEFT JOIN hand.leads_day ON day = d.at::date
 GROUP BY 1 ORDER BY 1

-- name: appointments
SELECT n, p, (n - p)::numeric / nullif(p, 0), y, (n - y)::numeric / nullif(y, 0)
  FROM (SELECT coalesce(sum(planned) FILTER (WHERE day >= %(a)s AND day < %(b)s), 0) AS n,
               coalesce(sum(planned) FILTER (WHERE day >= %(pa)s AND day < %(pb)s), 0) AS p,
               coalesce(sum(planned) FILTER (WHERE day >= %(ya)s AND day < %(yb)s), 0) AS y
          FROM hand.appointments_day WHERE day >= %(ya)s AND day < %(b)s) AS s

-- name: appointments_spark
SELECT d.at::date, coalesce(planned, 0)
  FROM generate_series(%(a)s::timestamp, %(b)s::date - 1, '1 day') AS d (at)
  LEFT JOIN hand.appointments_day ON day = d.at::date
 ORDER BY 1

-- name: sales
SELECT n, p, (n - p)::numeric / nullif(p, 0), y, (n - y)::numeric / nullif(y, 0)
  FROM (SELECT coalesce(sum(sales) FILTER (WHERE day >= %(a)s AND day < %(b)s), 0) AS n,
               coalesce(sum(sales) FILTER (WHERE day >= %(pa)s AND day < %(pb)s), 0) AS p,
               coalesce(sum(sales) FILTER (WHERE day >= %(ya)s AND day < %(yb)s), 0) AS y
          FROM hand.sales_day WHERE day >= %(ya)s AND day < %(b)s) AS s

-- name: sales_spark
SELECT d.at::date, coalesce(sales, 0)
  FROM generate_series(%(a)s::timestamp, %(b)s::date - 1, '1 day') AS d (at)
  LEFT JOIN hand.sales_day ON day = d.at::date
 ORDER BY 1

-- name: flow
WITH periods (k, a, b) AS (VALUES ('n', %(a)s::date, %(b)s::date), ('p', %(pa)s, %(pb)s), ('y', %(ya)s, %(yb)s)),
     l AS (SELECT k, sum(leads) AS v FROM periods JOIN hand.leads_day ON day >= a AND day < b GROUP BY k),
     m AS (SELECT k, sum(planned) AS v, sum(held) AS h
             FROM periods JOIN hand.appointments_day ON day >= a AND day < b GROUP BY k),
     s AS (SELECT k, sum(sales) AS v FROM periods JOIN hand.sales_day ON day >= a AND day < b GROUP BY k),
     c AS (SELECT max(l.v) FILTER (WHERE k = 'n') AS ln, max(l.v) FILTER (WHERE k = 'p') AS lp,
                  max(l.v) FILTER (WHERE k = 'y') AS ly, max(m.v) FILTER (WHERE k = 'n') AS mn,
                  max(m.v) FILTER (WHERE k = 'p') AS mp, max(m.v) FILTER (WHERE k = 'y') AS my,
                  max(h) FILTER (WHERE k = 'n') AS hn, max(h) FILTER (WHERE k = 'p') AS hp,
                  max(h) FILTER (WHERE k = 'y') AS hy, max(s.v) FILTER (WHERE k = 'n') AS sn,
                  max(s.v) FILTER (WHERE k = 'p') AS sp, max(s.v) FILTER (WHERE k = 'y') AS sy
             FROM periods LEFT JOIN l USING (k) LEFT JOIN m USING (k) LEFT JOIN s USING (k))
SELECT ln, lp, (ln - lp) / nullif(lp, 0), ly, (ln - ly) / nullif(ly, 0),
       mn, mp, (mn - mp) / nullif(mp, 0), my, (mn - my) / nullif(my, 0),
       hn, hp, (hn - hp) / nullif(hp, 0), hy, (hn - hy) / nullif(hy, 0),
       sn, sp, (sn - sp) / nullif(sp, 0), sy, (sn - sy) / nullif(sy, 0)
  FROM c

-- name: flow_rate
SELECT s.sales / nullif(l.leads, 0), m.held / nullif(m.past, 0), s.sales / nullif(s.closed, 0)
  FROM (SELECT sum(leads) AS leads FROM hand.leads_day WHERE day >= %(a)s AND day < %(b)s) AS l,
       (SELECT sum(held) AS held, sum(past) AS past
          FROM hand.appointments_day WHERE day >= %(a)s AND day < %(b)s) AS m,
       (SELECT sum(sales) AS sales, sum(closed) AS closed
          FROM hand.sales_day WHERE day >= %(a)s AND day < %(b)s) AS s

-- name: flow_by
SELECT source, coalesce(sales, 0) / nullif(leads, 0), coalesce(leads, 0), coalesce(sales, 0)
  FROM (SELECT source, sum(leads) AS leads FROM hand.leads_day
         WHERE day >= %(a)s AND day < %(b)s AND source IS NOT NULL GROUP BY 1) AS l
  FULL JOIN (SELECT source, sum(sales) AS sales FROM hand.source_day
              WHERE day >= %(a)s AND day < %(b)s AND source IS NOT NULL GROUP BY 1) AS s USING (source)
 ORDER BY 2 DESC

-- name: ranking
SELECT r.name, coalesce(n, 0), coalesce(p, 0), (coalesce(n, 0) - p) / nullif(p, 0), coalesce(y, 0),
       (coalesce(n, 0) - y) / nullif(y, 0), target, pace
  FROM public.reps AS r
  FULL JOIN (SELECT rep_id, sum(revenue) FILTER (WHERE day >= %(a)s AND day < %(b)s) AS n,
                    sum(revenue) FILTER (WHERE day >= %(pa)s AND day < %(pb)s) AS p,
                    sum(revenue) FILTER (WHERE day >= %(ya)s AND day < %(yb)s) AS y
               FROM hand.seller_day
              WHERE day >= %(a)s AND day < %(b)s OR day >= %(pa)s AND day < %(pb)s
                 OR day >= %(ya)s AND day < %(yb)s
              GROUP BY 1) AS s ON s.rep_id = r.id
  LEFT JOIN (SELECT rep_id, sum(amount) AS target,
                    sum(amount * greatest(least(until, %(b)s) - month, 0) / days) AS pace
               FROM hand.target_month WHERE month >= %(ma)s AND month < %(mb)s GROUP BY 1) AS t
    ON t.rep_id = r.id
 ORDER BY 2 DESC

-- name: ranking_more
SELECT r.name, r.region, coalesce(sales, 0), revenue / nullif(priced, 0), sales / nullif(closed, 0)
  FROM public.reps AS r
  FULL JOIN (SELECT rep_id, sum(revenue) AS revenue, sum(sales) AS sales, sum(priced) AS priced,
                    sum(closed) AS closed
               FROM hand.seller_day WHERE day >= %(a)s AND day < %(b)s GROUP BY 1) AS s ON s.rep_id = r.id

-- name: ranking_more_totals
SELECT sum(sales), sum(revenue) / nullif(sum(priced), 0), sum(sales) / nullif(sum(closed), 0)
  FROM hand.seller_day WHERE day >= %(a)s AND day < %(b)s

-- name: pipeline
SELECT stage, deals, value, weighted FROM hand.pipeline

-- name: pipeline_totals
SELECT sum(deals), sum(value), sum(weighted) FROM hand.pipeline
