import type { Column, Result } from "@leadline/sdk";
import { cellAt, columnOf, metricColumns, numbersOf, periodsOf, targetsOf, type Cell, type Period } from "../result.ts";
import type { Answers, Facts } from "../types.ts";
import { clock, wall } from "../words/wall.ts";
import { percent, points, rangeWords, relative, text, write, type Change, type Good } from "../words/all.ts";

export interface ComparisonLine {
  change: Change;
  /** The comparison in the Result. */
  cell: Cell;
  /** The cell that the change says as it is; null where it is reckoned here: points, or a part of the earlier value. */
  said: Cell | null;
  /** `vs 1–17 Oct`. */
  words: string;
  /** `, to 14:32`, where both sides are cut at that point. */
  cut: string;
}

export interface PlanLine {
  value: number;
  plan: Cell | null;
  due: Cell | null;
  /** `53%` of the plan, or of what is due where there is no plan. */
  share: string;
  dueShare: string;
  label: string;
}

export interface NumberView {
  value: Cell;
  comparisons: ComparisonLine[];
  plan: PlanLine | null;
  spark: { values: (number | null)[]; partial: boolean } | null;
}

/** What a number tile shows. */
export function numberView(answers: Answers, facts: Facts, locale: string): NumberView {
  const main = answers.main;
  const metric = metricColumns(main)[0]?.name ?? "";
  const value = cellAt(main, metric, 0);
  const comparisons = periodsOf(main, metric).flatMap((period) => comparison(main, metric, period, facts[metric]?.good, locale));
  return { value, comparisons, plan: planLine(main, metric, locale), spark: spark(answers["spark"]) };
}

function comparison(main: Result, metric: string, period: Period, good: Good, locale: string): ComparisonLine[] {
  const column = period.percent ?? period.value;
  if (!column) return [];
  const [now, was] = [cellAt(main, metric, 0), period.value ? cellAt(main, period.value.name, 0).number : null];
  const cell = cellAt(main, column.name, 0);
  const change = now.unit === "percent" ? points(difference(now.number, was), good, locale) : relative(part(cell, now.number, was, period), good, locale, now.number);
  const words = `vs ${rangeWords(column.range, main.now, "never")}`;
  return [{ change, cell, said: period.percent && now.unit !== "percent" ? cell : null, words, cut: cutWords(column, main) }];
}

/** Both sides are cut at the same time of day; `now` is the end of the running minute, so that time is said as of the data. */
function cutWords(column: Column, main: Result): string {
  return /, to \d/.test(rangeWords(column.range, main.now)) ? `, to ${clock(wall(main.as_of))}` : "";
}

function difference(now: number | null, was: number | null): number | null {
  return now === null || was === null ? null : now - was;
}

function part(cell: Cell, now: number | null, was: number | null, period: Period): number | null {
  if (period.percent) return cell.number;
  return now === null || !was ? null : (now - was) / Math.abs(was);
}

function planLine(main: Result, metric: string, locale: string): PlanLine | null {
  const value = cellAt(main, metric, 0).number;
  const { plan: planColumn, due: dueColumn } = targetsOf(main, metric);
  const [plan, due] = [planColumn, dueColumn].map((column) => present(column && cellAt(main, column.name, 0)));
  const whole = plan?.number ?? due?.number;
  if (value === null || !whole) return null;
  const dueShare = plan?.number && due?.number ? percent(due.number / plan.number, locale) : "";
  const share = percent(value / whole, locale);
  const label = `${share} of ${text(write(whole, columnOf(main, metric)?.unit, locale))}${plan ? " plan" : " due"}${dueShare ? `, due by now ${dueShare}` : ""}`;
  return { value, plan: plan ?? null, due: due ?? null, share, dueShare, label };
}

function present(cell: Cell | undefined): Cell | null {
  return cell && cell.number !== null ? cell : null;
}

function spark(result: Result | undefined): NumberView["spark"] {
  const metric = result && metricColumns(result)[0]?.name;
  if (!result || !metric || result.rows < 2) return null;
  const values = numbersOf(result, metric);
  if (values.length > MOST_POINTS) return { values: thinned(values, Math.ceil(values.length / MOST_POINTS)), partial: false };
  return { values, partial: result.partial_rows.includes(result.rows - 1) };
}

/** As many points as a spark can show as a shape. */
const MOST_POINTS = 60;

/** The mean of every `size` values that follow each other. */
function thinned(values: (number | null)[], size: number): (number | null)[] {
  const groups = [...Array(Math.ceil(values.length / size)).keys()].map((at) => values.slice(at * size, (at + 1) * size).filter((value) => value !== null));
  return groups.map((group) => (group.length ? group.reduce((sum, value) => sum + value, 0) / group.length : null));
}
