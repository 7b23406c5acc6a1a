import { cellAt, keyColumns, labelsOf, memberWords, metricColumns, numbersOf, periodsOf, rowKey, totalOf, type Cell } from "../result.ts";
import type { Answers, Facts } from "../types.ts";
import { points, rangeWords, relative, type Change } from "../words/all.ts";

export interface BarRow {
  label: string;
  key: string;
  cell: Cell;
  /** Start and width in shares of the track. */
  start: number;
  width: number;
  negative: boolean;
  /** `cell`: the number of the Result that the change says; null where it is reckoned here. */
  change: { change: Change; cell: Cell | null } | null;
}

export interface BarsView {
  rows: BarRow[];
  /** Rows beyond the most that are drawn. */
  hidden: number;
  total: { cell: Cell; change: BarRow["change"] } | null;
  /** What the changes are against, in words. */
  against: string;
}

const MOST = 14;

/** One bar for each member of the first dimension. */
export function barsView(answers: Answers, facts: Facts, locale: string): BarsView {
  const main = answers.main;
  const metric = metricColumns(main)[0]?.name ?? "";
  const period = periodsOf(main, metric).find((one) => one.value ?? one.percent);
  const changed = changeOf(period?.value?.name, period?.percent?.name, facts[metric]?.good, locale);
  const labels = labelsOf(main, keyColumns(main)[0]?.name ?? "").slice(0, MOST);
  const place = placing(numbersOf(main, metric).slice(0, MOST).map((value) => value ?? 0));
  const rows = labels.map((label, row) => {
    const cell = cellAt(main, metric, row);
    return { label: memberWords(label), key: rowKey(main, row), cell, ...place(cell.number ?? 0), change: changed(cell, (name) => cellAt(main, name, row)) };
  });
  const total = totalOf(main, metric);
  return {
    rows, hidden: Math.max(0, main.rows - MOST), against: period ? rangeWords((period.percent ?? period.value)?.range, main.now, "never") : "",
    total: main.totals ? { cell: total, change: changed(total, (name) => totalOf(main, name)) } : null,
  };
}

function placing(values: number[]): (value: number) => { start: number; width: number; negative: boolean } {
  const [low, high] = [Math.min(0, ...values), Math.max(0, ...values)];
  const span = high - low || 1;
  return (value) => ({ start: (Math.min(0, value) - low) / span, width: Math.abs(value) / span, negative: value < 0 });
}

function changeOf(value: string | undefined, share: string | undefined, good: "up" | "down" | null | undefined, locale: string) {
  return (now: Cell, at: (name: string) => Cell): BarRow["change"] => {
    if (!value && !share) return null;
    if (now.unit !== "percent") return share ? { cell: at(share), change: relative(at(share).number, good, locale, now.number) } : null;
    const was = value ? at(value).number : null;
    return { cell: null, change: points(now.number === null || was === null ? null : now.number - was, good, locale) };
  };
}
