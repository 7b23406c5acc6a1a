/** The answer. Shape: docs/reference/contract.md (Result); values: docs/reference/query.md (Values). */

/** A decimal is text, an integer past 2^53 too; an instant is ISO text, a date `2017-12-31`. */
export type Value = string | number | boolean | null;

export type ColumnType = "text" | "integer" | "decimal" | "boolean" | "date" | "time";

/** A range resolved to instants: `from <= t < to`, written in `zone`. `partial`: it holds the present. */
export interface ResolvedRange {
  from?: string | null;
  to?: string | null;
  zone?: string;
  partial?: boolean;
}

export interface Column {
  name: string;
  field: string;
  type: ColumnType;
  label: string;
  unit?: string;
  scale?: number;
  grain?: string;
  time?: string;
  compares?: string;
  to?: string;
  as?: string;
  range?: ResolvedRange;
}

export interface ServedBy {
  cache: "hit" | "miss" | "stale" | "live";
  layer: string;
  rollup?: string | null;
  node?: string | null;
  lag_ms?: number | null;
}

/** Why a rollup did not answer. */
export interface Rejection {
  rollup: string;
  reason: string;
  detail: string;
}

/** Each column of values over some of the dimensions; no dimension: one row of all. */
export interface Subtotals {
  by: string[];
  columns: Column[];
  data: Value[][];
}

export interface Result {
  columns: Column[];
  data: Value[][];
  rows: number;
  totals?: Record<string, Value> | null;
  subtotals?: Subtotals[];
  now: string;
  as_of: string;
  range?: ResolvedRange | null;
  partial_rows: number[];
  immature_rows?: number[];
  other_rows?: number[];
  served_by: ServedBy;
  rejected: Rejection[];
  rules: string[];
  truncated: boolean;
  key: string;
  data_version: string;
  ms: Record<string, number>;
}
