/** Results for tests, in the contract's shape. */
import type { Column, MetricFacts, Result, Value } from "@leadline/sdk";

export function result(columns: (Partial<Column> & { name: string })[], data: Value[][], more: Partial<Result> = {}): Result {
  return {
    columns: columns.map((column) => ({ field: column.name, type: "decimal", label: column.name, ...column })),
    data, rows: data[0]?.length ?? 0, now: "2026-11-17T14:33:00.000-06:00", as_of: "2026-11-17T14:32:05.120-06:00",
    range: { from: "2026-11-01T00:00:00-05:00", to: "2026-11-17T14:33:00-06:00", zone: "America/Chicago", partial: true },
    partial_rows: [], served_by: { cache: "miss", layer: "rollup", rollup: "daily", node: "replica-1", lag_ms: 2 }, rejected: [], rules: [],
    truncated: false, key: "k", data_version: "1", ms: { total: 2 }, ...more,
  };
}

/** What is known of a metric of which up is good. */
export function fact(label: string, more: Partial<MetricFacts> = {}): MetricFacts {
  return { name: label.toLowerCase(), label, about: "", unit: null, good: "up", kind: "simple", time: null, definition: "", ...more };
}

/** The columns of a metric with its comparisons to the period before and the year before. */
export function compared(metric: string, unit?: string): (Partial<Column> & { name: string })[] {
  const october = { from: "2026-10-01T00:00:00-05:00", to: "2026-10-17T14:33:00-05:00" };
  const year = { from: "2025-11-01T00:00:00-05:00", to: "2025-11-17T14:33:00-06:00" };
  const side = (to: string, range: object): (Partial<Column> & { name: string })[] => [
    { name: `${metric}:${to}`, field: metric, compares: metric, to, as: "value", range, ...(unit ? { unit } : {}) },
    { name: `${metric}:${to}:percent`, field: metric, compares: metric, to, as: "percent", unit: "percent", range },
  ];
  return [{ name: metric, label: "Revenue", ...(unit ? { unit } : {}) }, ...side("previous_period", october), ...side("previous_year", year)];
}

/** The whole target of a metric, and what of it is due. */
export function targets(metric: string): (Partial<Column> & { name: string })[] {
  const one = { field: metric, compares: metric, to: "target", as: "value" as const, unit: "USD" };
  return [{ ...one, name: `${metric}:target` }, { ...one, name: `${metric}:target:days` }];
}
