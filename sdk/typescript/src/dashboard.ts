/** Dashboards are documents: docs/reference/dashboards.md. */

import type { Problem } from "./errors.ts";
import type { Filter, Query, Range } from "./query.ts";
import type { Result } from "./result.ts";

export type CompareChoice = "previous_period" | "previous_year" | "both" | "none";

export interface TileDocument {
  id: string;
  type: string;
  title: string;
  about?: string | null;
  width: number;
  height?: number | null;
  compare?: boolean;
  filter?: boolean;
  queries: { main: Query } & Record<string, Query>;
  switch?: { grain?: string[] } | null;
  options?: Record<string, unknown> | null;
}

export interface SectionDocument {
  title?: string | null;
  about?: string | null;
  tiles: TileDocument[];
}

export interface BarFilter {
  field: string;
  label: string;
  metric: string;
}

export interface BarDocument {
  range: Range;
  ranges: string[];
  compare: CompareChoice;
  filters: BarFilter[];
}

export interface DashboardDocument {
  dashboard: string;
  title: string;
  home?: boolean;
  about?: string | null;
  bar: BarDocument;
  sections: SectionDocument[];
}

/** What a metric means, for "About this number". */
export interface MetricFacts {
  name: string;
  label: string;
  about: string;
  unit: string | null;
  good: "up" | "down" | null;
  kind: string;
  time: string | null;
  definition: string;
}

export interface DashboardAnswer {
  dashboard: DashboardDocument;
  metrics: Record<string, MetricFacts>;
  key: string;
}

export interface DashboardSummary {
  id: string;
  title: string;
  about?: string | null;
  home?: boolean;
}

/** What the bar asks of a dashboard; the server composes it with the document. */
export interface DataRequest {
  range?: Range;
  compare?: CompareChoice;
  filters?: Filter[];
  tiles?: Record<string, { grain?: string }>;
  only?: string[];
}

/** One line of the stream: one query of one tile answered, or the end. */
export type DataLine =
  | { tile: string; query: string; result: Result }
  | { tile: string; query: string; error: Problem }
  | { done: true; queries: number; ms: number };
