/** The question. Grammar and meaning: docs/reference/query.md. */

export type Scalar = string | number | boolean | null;

/** A preset by name, or bounds: ISO instants, local date-times or dates; `from <= t < to`. */
export type Range = { preset: string } | { from?: string; to?: string };

export interface FieldFilter {
  field: string;
  op: string;
  values?: Scalar[];
  range?: Range;
}

export type Filter = FieldFilter | { any: Filter[] } | { all: Filter[] } | { not: Filter };

/** `all`: every member, with or without facts. */
export type Dimension = string | { field: string; all?: boolean };

export interface Time {
  by?: string;
  grain?: string;
  range?: Range;
  zone?: string;
}

export interface Compare {
  to: string | Range | { shift: string };
  as?: "value" | "change" | "percent" | "share";
  align?: "weekday";
  cut?: boolean;
  pace?: "days";
}

export interface Sort {
  by: string;
  desc?: boolean;
}

export interface Query {
  metrics: string[];
  dimensions?: Dimension[];
  time?: Time;
  filters?: Filter[];
  compare?: Compare[];
  having?: Filter[];
  sort?: Sort[];
  totals?: true | string[][];
  limit?: number;
  offset?: number;
  as_of?: string;
}
