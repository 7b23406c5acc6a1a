import type { Result } from "@leadline/sdk";
import { columnOf, comparisonsOf, metricColumns, numbersOf, periodsOf, rowKey, textsOf } from "../result.ts";
import type { Answers } from "../types.ts";
import { bucketWords, rangeWords } from "../words/all.ts";

export interface Bucket {
  time: string;
  key: string;
  words: string;
  /** Not whole: the range cuts it, or it is still open. */
  partial: boolean;
  /** It holds the present. */
  open: boolean;
}

/** What stands beside the metric: an earlier period (the first in ink, the second in grey) or the plan. */
export interface Companion {
  name: string;
  label: string;
  kind: "first" | "second" | "plan";
  values: (number | null)[];
}

export interface SeriesView {
  metric: string;
  label: string;
  unit: string | undefined;
  grain: string | undefined;
  kind: "bars" | "line";
  buckets: Bucket[];
  values: (number | null)[];
  companions: Companion[];
}

/** As many bars as can still be told apart; beyond that a line. */
const MOST_BARS = 100;

/** What a series shows: the metric by bucket, the earlier periods beside it. */
export function seriesView(answers: Answers): SeriesView {
  const main = answers.main;
  const column = metricColumns(main)[0];
  const metric = column?.name ?? "";
  const grain = columnOf(main, "time")?.grain;
  return {
    metric,
    label: column?.label ?? metric,
    unit: column?.unit,
    grain,
    kind: main.rows > MOST_BARS ? "line" : "bars",
    buckets: buckets(main, grain),
    values: numbersOf(main, metric),
    companions: companions(main, metric),
  };
}

function buckets(main: Result, grain: string | undefined): Bucket[] {
  const partial = new Set(main.partial_rows);
  return textsOf(main, "time").map((time, row) => ({
    time, key: rowKey(main, row), words: bucketWords(time, grain), partial: partial.has(row), open: partial.has(row) && row === main.rows - 1 && main.range?.partial === true,
  }));
}

function companions(main: Result, metric: string): Companion[] {
  const earlier = periodsOf(main, metric).flatMap(({ value }, at): Companion[] =>
    value ? [{ name: value.name, label: rangeWords(value.range, main.now, "never"), kind: at === 0 ? "first" : "second", values: numbersOf(main, value.name) }] : [],
  );
  const plan = comparisonsOf(main, metric).find((column) => column.to === "target" && (column.as ?? "value") === "value");
  return plan ? [...earlier, { name: plan.name, label: "Plan", kind: "plan", values: numbersOf(main, plan.name) }] : earlier;
}

/** The bucket with the highest value, or -1. */
export function highest(values: readonly (number | null)[]): number {
  return values.reduce<number>((best, value, at) => (value !== null && value > (values[best] ?? -Infinity) ? at : best), -1);
}
