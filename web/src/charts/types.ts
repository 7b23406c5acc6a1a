/** What a chart type is. Each lives in its own folder: `index.ts` says this, `view.ts` decides, `View.vue` only applies. */
import type { MetricFacts, Result, TileDocument } from "@leadline/sdk";
import type { Asked } from "./result.ts";

export interface ChartType {
  id: string;
  label: string;
  /** Smallest sensible size: columns of twelve, rows of 40 px. */
  minimum: { columns: number; rows: number };
  /** Whether the type can draw this answer. */
  accepts: (result: Result) => boolean;
  /** Options of the document that are assumed when it names none. */
  defaults: Record<string, unknown>;
  /** Height of the content in px, known from the document alone, so that nothing moves when the data come. */
  height: (tile: TileDocument, comparisons: number) => number;
  /** One sentence for those who cannot see the drawing. */
  summary: (answers: Answers, facts: Facts, locale: string) => string;
}

/** The Results of a tile's queries, by the query's name. */
export type Answers = Record<string, Asked> & { main: Asked };

/** What is known of the metrics, by name. */
export type Facts = Record<string, MetricFacts>;

/** What every `View.vue` is given. */
export interface ViewProps {
  tile: TileDocument;
  answers: Answers;
  facts: Facts;
  locale: string;
}
