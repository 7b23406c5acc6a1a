-- What somebody would make by hand for this one dashboard: no more than it reads.
CREATE SCHEMA hand;

CREATE MATERIALIZED VIEW hand.sales_day AS
SELECT (closed_at AT TIME ZONE 'America/Chicago')::date AS day,
       coalesce(sum(amount) FILTER (WHERE status = 'won'), 0) AS revenue,
       count(*) FILTER (WHERE status = 'won') AS sales,
       count(*) AS closed
  FROM public.deals WHERE status IN ('won', 'lost') AND closed_at IS NOT NULL GROUP BY 1;

CREATE MATERIALIZED VIEW hand.seller_day AS
SELECT (closed_at AT TIME ZONE 'America/Chicago')::date AS day, rep_id,
       coalesce(sum(amount) FILTER (WHERE status = 'won'), 0) AS revenue,
       count(*) FILTER (WHERE status = 'won') AS sales,
       count(amount) FILTER (WHERE status = 'won') AS priced,
       count(*) AS closed
  FROM public.deals WHERE status IN ('won', 'lost') AND closed_at IS NOT NULL GROUP BY 1, 2;

CREATE MATERIALIZED VIEW hand.source_day AS
SELECT (closed_at AT TIME ZONE 'America/Chicago')::date AS day, source, count(*) AS sales
  FROM public.deals WHERE status = 'won' AND closed_at IS NOT NULL GROUP BY 1, 2;

CREATE MATERIALIZED VIEW hand.leads_day AS
SELECT (created_at AT TIME ZONE 'America/Chicago')::date AS day, source, count(*) AS leads
  FROM public.leads GROUP BY 1, 2;

CREATE MATERIALIZED VIEW hand.appointments_day AS
SELECT (starts_at AT TIME ZONE 'America/Chicago')::date AS day,
       count(*) AS planned,
       count(*) FILTER (WHERE status = 'held') AS held,
       count(*) FILTER (WHERE status IN ('held', 'no_show')) AS past
  FROM public.appointments GROUP BY 1;

CREATE MATERIALIZED VIEW hand.pipeline AS
SELECT stage, count(*) AS deals, sum(amount) AS value, sum(amount * probability) AS weighted
  FROM public.deals WHERE opened_at IS NOT NULL AND closed_at IS NULL GROUP BY 1;

CREATE MATERIALIZED VIEW hand.target_month AS
SELECT month_start AS month, rep_id, sum(amount) AS amount,
       (month_start + interval '1 month')::date AS until,
       (month_start + interval '1 month')::date - month_start AS days
  FROM public.targets GROUP BY 1, 2;

CREATE UNIQUE INDEX ON hand.sales_day (day);
CREATE UNIQUE INDEX ON hand.seller_day (day, rep_id);
CREATE UNIQUE INDEX ON hand.source_day (day, source);
CREATE UNIQUE INDEX ON hand.leads_day (day, source);
CREATE UNIQUE INDEX ON hand.appointments_day (day);
CREATE UNIQUE INDEX ON hand.target_month (month, rep_id);
GRANT USAGE ON SCHEMA hand TO leadline_reader;
GRANT SELECT ON ALL TABLES IN SCHEMA hand TO leadline_reader;
