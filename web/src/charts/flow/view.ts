import type { Result } from "@leadline/sdk";
import { cellAt, keyColumns, memberWords, metricColumns, periodsOf, rowKey, labelsOf, type Cell } from "../result.ts";
import type { Answers, Facts } from "../types.ts";
import { percent, rangeWords, relative, whole, type Change } from "../words/all.ts";

export interface Step {
  label: string;
  cell: Cell;
  value: number;
  /** `47.5% of leads`; empty for the first step, or where the step before is nothing. */
  share: string;
  /** How many fewer than the step before; 0 where there are not fewer. */
  fewer: number;
  fewerWords: string;
  change: { change: Change; cell: Cell; words: string } | null;
}

export interface Rate {
  label: string;
  cell: Cell;
}

export interface PartRow {
  label: string;
  key: string;
  cell: Cell;
  /** `336 of 3,838`, where the query also has the whole and the part. */
  of: { part: Cell; whole: Cell } | null;
  width: number;
}

export interface FlowView {
  steps: Step[];
  rates: Rate[];
  parts: { title: string; rows: PartRow[] } | null;
}

/** The steps in the order of the metrics, each against the one before; rates; and the first rate by a field. */
export function flowView(answers: Answers, facts: Facts, locale: string): FlowView {
  return { steps: steps(answers.main, facts, locale), rates: rates(answers["rate"]), parts: parts(answers["by"]) };
}

function steps(main: Result, facts: Facts, locale: string): Step[] {
  const columns = metricColumns(main);
  return columns.map((column, at) => {
    const cell = cellAt(main, column.name, 0);
    const value = cell.number ?? 0;
    const before = at ? columns[at - 1] : undefined;
    const was = before ? (cellAt(main, before.name, 0).number ?? 0) : 0;
    const fewer = before ? Math.max(0, was - value) : 0;
    return {
      label: column.label, cell, value, fewer,
      share: before && was ? `${percent(value / was, locale, value < was ? 1 : 0)} of ${lower(before.label)}` : "",
      fewerWords: fewer && was ? `${whole(fewer, locale)} fewer, ${percent(fewer / was, locale, 1)}` : "",
      change: change(main, column.name, facts, locale),
    };
  });
}

function lower(label: string): string {
  return label.charAt(0).toLowerCase() + label.slice(1);
}

function change(main: Result, metric: string, facts: Facts, locale: string): Step["change"] {
  const column = periodsOf(main, metric).find((period) => period.percent)?.percent;
  if (!column) return null;
  const cell = cellAt(main, column.name, 0);
  return { cell, change: relative(cell.number, facts[metric]?.good, locale, cellAt(main, metric, 0).number), words: `vs ${rangeWords(column.range, main.now, "never")}` };
}

function rates(result: Result | undefined): Rate[] {
  return result ? metricColumns(result).map((column) => ({ label: column.label, cell: cellAt(result, column.name, 0) })) : [];
}

function parts(result: Result | undefined): FlowView["parts"] {
  const [rate, whole, part] = result ? metricColumns(result) : [];
  const key = result && keyColumns(result)[0];
  if (!result || !rate || !key) return null;
  const labels = labelsOf(result, key.name);
  const rows = labels.map((label, row) => ({
    label: memberWords(label), key: rowKey(result, row), cell: cellAt(result, rate.name, row),
    of: whole && part ? { whole: cellAt(result, whole.name, row), part: cellAt(result, part.name, row) } : null,
  }));
  const top = Math.max(...rows.map((row) => row.cell.number ?? 0), 0);
  return { title: `${rate.label} by ${lower(key.label)}`, rows: rows.map((row) => ({ ...row, width: top ? Math.max(0, row.cell.number ?? 0) / top : 0 })) };
}
