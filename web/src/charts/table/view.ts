import type { Column, Result } from "@leadline/sdk";
import { cellAt, isPaced, keyColumns, labelsOf, numberColumns, rowKey, totalOf, type Cell } from "../result.ts";
import type { Facts } from "../types.ts";
import { rangeWords, relative, type Change } from "../words/all.ts";

export interface TableCell {
  cell: Cell;
  change: Change | null;
}

export interface TableView {
  heads: { name: string; label: string; number: boolean }[];
  rows: { key: string; texts: string[]; cells: TableCell[]; partial: boolean }[];
  total: TableCell[] | null;
  hidden: number;
}

/** As many rows as a page bears. */
const MOST = 200;

/** Any Result as a table: the groups, then every number, comparisons named by their range. */
export function tableView(result: Result, facts: Facts, locale: string): TableView {
  const [keys, numbers] = [keyColumns(result), numberColumns(result)];
  const texts = keys.map((column) => labelsOf(result, column.name));
  const partial = new Set(result.partial_rows);
  const cell = (column: Column, at: (name: string) => Cell): TableCell => ({ cell: at(column.name), change: changeOf(column, at, facts, locale) });
  return {
    heads: [...keys.map((column) => ({ name: column.name, label: column.label, number: false })), ...numbers.map((column) => ({ name: column.name, label: headOf(column, result), number: true }))],
    rows: [...Array(Math.min(result.rows, MOST)).keys()].map((row) => ({
      key: rowKey(result, row), texts: texts.map((column) => column[row] ?? ""), partial: partial.has(row),
      cells: numbers.map((column) => cell(column, (name) => cellAt(result, name, row))),
    })),
    total: result.totals ? numbers.map((column) => cell(column, (name) => totalOf(result, name))) : null,
    hidden: Math.max(0, result.rows - MOST),
  };
}

/** The change that a column of percents tells; only an earlier period can have had nothing. */
function changeOf(column: Column, at: (name: string) => Cell, facts: Facts, locale: string): Change | null {
  if (column.as !== "percent") return null;
  const metric = column.compares ?? "";
  const earlier = column.to !== "target" && column.to !== "total";
  return relative(at(column.name).number, facts[metric]?.good, locale, earlier ? at(metric).number : null);
}

const AS: Record<string, string> = { percent: "change", change: "difference", share: "share" };

/** The head of a column: the metric's name, or what the comparison is with. */
function headOf(column: Column, result: Result): string {
  if (!column.compares) return column.label;
  const as = AS[column.as ?? ""];
  if (column.to === "target") return isPaced(column) ? "Due by now" : as ? `Plan, ${as}` : "Plan";
  const range = rangeWords(column.range, result.now, "never");
  return as ? `${as.charAt(0).toUpperCase()}${as.slice(1)} vs ${range}` : range;
}
