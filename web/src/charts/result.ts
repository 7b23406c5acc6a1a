/** Reading a Result: columns by name, cells with their raw value and their row's key. */
import type { Column, Query, Result, Value } from "@leadline/sdk";
import { bucketWords, dateWords, write, type Style, type Written } from "./words/all.ts";

/** One number on the screen and where it comes from; `key` is the row's key of the live frames. */
export interface Cell {
  metric: string;
  raw: Value;
  number: number | null;
  unit: string | undefined;
  key: string;
  /** What stands instead of a number: a date, a text, a truth. */
  words: string | null;
}

/** A Result that knows how many of its columns are groups: its query says so, its columns only let one guess. */
export interface Asked extends Result {
  groups?: number;
}

/** The Result with what its query says of it. */
export function asked(result: Result, query: Query | undefined): Asked {
  if (!query) return result;
  return { ...result, groups: (query.dimensions?.length ?? 0) + (result.columns[0]?.grain ? 1 : 0) };
}

/** A value as a number, for drawing only; null where there is none. */
export function toNumber(value: Value | undefined): number | null {
  if (value === null || value === undefined || typeof value === "boolean") return null;
  const number = Number(value);
  return Number.isFinite(number) ? number : null;
}

export function columnOf(result: Result, name: string): Column | undefined {
  return result.columns.find((column) => column.name === name);
}

/** Where the query is not known: metrics bear bare names, a time or a unit; a field has a path, or is a text, a date or a truth. */
function isKey(column: Column): boolean {
  return !column.compares && !column.time && !column.unit && (column.name.includes(".") || !["integer", "decimal"].includes(column.type));
}

/** The columns of the groups: the bucket, then the dimensions. */
export function keyColumns(result: Result): Column[] {
  const { groups } = result as Asked;
  if (groups !== undefined) return result.columns.slice(0, groups);
  const end = result.columns.findIndex((column) => !isKey(column));
  return end < 0 ? result.columns : result.columns.slice(0, end);
}

/** The columns of numbers: metrics and their comparisons. */
export function numberColumns(result: Result): Column[] {
  return result.columns.slice(keyColumns(result).length);
}

/** The metrics themselves, without their comparisons. */
export function metricColumns(result: Result): Column[] {
  return numberColumns(result).filter((column) => !column.compares);
}

/** The comparisons of one metric. */
export function comparisonsOf(result: Result, metric: string): Column[] {
  return result.columns.filter((column) => column.compares === metric);
}

/** The key of a row: the JSON array of its bucket and members. */
export function rowKey(result: Result, row: number): string {
  return JSON.stringify(keyColumns(result).map((_, at) => result.data[at]?.[row] ?? null));
}

/** A cell of the rows; a column that the Result has not gives null. */
export function cellAt(result: Result, name: string, row: number): Cell {
  const at = result.columns.findIndex((column) => column.name === name);
  const raw = result.data[at]?.[row] ?? null;
  return { metric: name, raw, number: toNumber(raw), unit: result.columns[at]?.unit, key: rowKey(result, row), words: wordsOf(raw, result.columns[at]) };
}

/** A cell of the totals. */
export function totalOf(result: Result, name: string): Cell {
  const raw = result.totals?.[name] ?? null;
  const column = columnOf(result, name);
  return { metric: name, raw, number: toNumber(raw), unit: column?.unit, key: "[]", words: wordsOf(raw, column) };
}

/** A value that is no number, in words; null for a number, and where there is none. */
function wordsOf(raw: Value, column: Column | undefined): string | null {
  if (typeof raw === "boolean") return raw ? "Yes" : "No";
  if (typeof raw !== "string" || !column) return null;
  if (column.type === "date" || column.type === "time") return column.grain ? bucketWords(raw, column.grain) : dateWords(raw);
  return column.type === "text" ? raw : null;
}

/** A cell as it is written. */
export function writeCell(cell: Cell, locale: string, style: Style = "tile"): Written {
  return cell.words === null ? write(cell.number, cell.unit, locale, style) : { head: cell.words, unit: "", tail: "" };
}

/** All numbers of a column in the order of the rows. */
export function numbersOf(result: Result, name: string): (number | null)[] {
  const at = result.columns.findIndex((column) => column.name === name);
  return (result.data[at] ?? []).map(toNumber);
}

/** Texts of a group's column; null is a group without a value. */
export function textsOf(result: Result, name: string): string[] {
  const at = result.columns.findIndex((column) => column.name === name);
  return (result.data[at] ?? []).map((value) => (value === null ? "(none)" : String(value)));
}

/** The members of a group's column as they are read: a bucket by its name, a date as a date, a truth as Yes or No. */
export function labelsOf(result: Result, name: string): string[] {
  const at = result.columns.findIndex((column) => column.name === name);
  return (result.data[at] ?? []).map((value) => (value === null ? "(none)" : (wordsOf(value, result.columns[at]) ?? String(value))));
}

/** The plan of a metric's range, and what of it is due by now. */
export function targetsOf(result: Result, metric: string): { plan: Column | undefined; due: Column | undefined } {
  const targets = comparisonsOf(result, metric).filter((column) => column.to === "target" && (column.as ?? "value") === "value");
  return { plan: targets.find((column) => !isPaced(column)), due: targets.find(isPaced) };
}

/** Whether a target is spread over its days and taken up to now: `revenue:target:days`. */
export function isPaced(column: Column): boolean {
  return column.name.split(":").includes("days");
}

/** A member of a field in words: `web` is written `Web`; what stands for none or for the rest keeps its brackets. */
export function memberWords(member: string): string {
  return /^[a-z][a-z ]*$/.test(member) ? member.charAt(0).toUpperCase() + member.slice(1) : member;
}

/** An earlier period that a metric is compared with, by its value and its change where they were asked. */
export interface Period {
  to: string;
  value: Column | undefined;
  percent: Column | undefined;
}

/** The earlier periods of a metric; the period before a year is the year before, which is said once. */
export function periodsOf(result: Result, metric: string): Period[] {
  const earlier = comparisonsOf(result, metric).filter((column) => column.to !== "target" && column.to !== "total");
  const names = [...new Set(earlier.map((column) => column.to ?? ""))];
  const find = (to: string, as: string): Column | undefined => earlier.find((column) => column.to === to && (column.as ?? "value") === as);
  const periods = names.map((to) => ({ to, value: find(to, "value"), percent: find(to, "percent") }));
  const range = (period: Period): string => JSON.stringify((period.percent ?? period.value)?.range ?? period.to);
  return periods.filter((period, at) => periods.findIndex((other) => range(other) === range(period)) === at);
}
