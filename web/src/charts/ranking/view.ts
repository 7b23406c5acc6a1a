import type { Column, Result } from "@leadline/sdk";
import { cellAt, keyColumns, metricColumns, numbersOf, periodsOf, rowKey, targetsOf, textsOf, totalOf, type Cell } from "../result.ts";
import type { Answers, Facts } from "../types.ts";
import { percent, rangeWords, relative, type Change } from "../words/all.ts";

export interface Quota {
  value: number;
  plan: Cell;
  due: Cell | null;
  share: string;
  /** Whether less is there than is due by now. */
  behind: boolean;
}

export interface RankRow {
  key: string;
  rank: number | null;
  /** Places gained since the earlier period; null where there is none to compare with. */
  move: number | null;
  name: string;
  texts: string[];
  value: Cell;
  change: { change: Change; cell: Cell } | null;
  quota: Quota | null;
  more: Cell[];
}

export interface RankingView {
  rows: RankRow[];
  total: RankRow | null;
  heads: { name: string; texts: string[]; value: string; more: string[]; against: string };
  hasQuota: boolean;
  /** Whether the quota bars have a tick at what is due by now. */
  hasDue: boolean;
  hasMove: boolean;
  /** The largest share of a quota, at most a quarter above it: the end of the quota bars. */
  most: number;
}

/** Members by the first metric, with their quota, their place before, and the further metrics of the query `more`. */
export function rankingView(answers: Answers, facts: Facts, locale: string): RankingView {
  const main = answers.main;
  const parts = partsOf(main, answers["more"], facts, locale);
  const names = textsOf(main, parts.name);
  const more = joining(parts.more);
  const rows = names.map((name, row) => ({ ...rankRow(parts, name, (column) => cellAt(main, column, row), more(name)), key: rowKey(main, row) }));
  const placed = withPlaces(rows, main, parts.period);
  const total = main.totals ? totalRow(parts, main, names.filter(isMember).length) : null;
  const shares = placed.map((row) => (row.quota?.plan.number ? row.quota.value / row.quota.plan.number : 0));
  return {
    rows: placed, total, hasQuota: placed.some((row) => row.quota), hasDue: placed.some((row) => row.quota?.due?.number != null), hasMove: placed.some((row) => row.move !== null),
    most: Math.min(1.25, Math.max(1, ...shares)), heads: headsOf(parts, main),
  };
}

interface Parts {
  name: string;
  nameLabel: string;
  metric: Column | undefined;
  period: Column | undefined;
  percent: Column | undefined;
  plan: Column | undefined;
  due: Column | undefined;
  extra: Column[];
  more: Result | undefined;
  facts: Facts;
  locale: string;
}

function partsOf(main: Result, more: Result | undefined, facts: Facts, locale: string): Parts {
  const [key, [metric, ...extra]] = [keyColumns(main)[0], metricColumns(main)];
  const period = periodsOf(main, metric?.name ?? "")[0];
  const { plan, due } = targetsOf(main, metric?.name ?? "");
  return { name: key?.name ?? "", nameLabel: key?.label ?? "Name", metric, extra, period: period?.value, percent: period?.percent, plan, due, more, facts, locale };
}

interface More {
  texts: string[];
  cells: Cell[];
}

/** Finds the row of `more` that bears the same first member: its further texts and its numbers. */
function joining(more: Result | undefined): (name: string) => More {
  if (!more) return () => ({ texts: [], cells: [] });
  const [key, ...further] = keyColumns(more);
  const rows = new Map(textsOf(more, key?.name ?? "").map((name, row) => [name, row]));
  const texts = further.map((column) => textsOf(more, column.name));
  return (name) => {
    const row = rows.get(name);
    return {
      texts: texts.map((column) => (row === undefined ? "" : (column[row] ?? ""))),
      cells: metricColumns(more).map((column) => (row === undefined ? missing(column.name, name) : cellAt(more, column.name, row))),
    };
  };
}

function rankRow(parts: Parts, name: string, at: (column: string) => Cell, more: More): RankRow {
  const value = at(parts.metric?.name ?? "");
  const cell = parts.percent ? at(parts.percent.name) : null;
  const good = parts.facts[parts.metric?.name ?? ""]?.good;
  return {
    key: "", rank: null, move: null, name, texts: more.texts, value, quota: quotaOf(parts, value, at),
    change: cell ? { cell, change: relative(cell.number, good, parts.locale, value.number) } : null,
    more: [...parts.extra.map((column) => at(column.name)), ...more.cells],
  };
}

function quotaOf(parts: Parts, value: Cell, at: (column: string) => Cell): Quota | null {
  const plan = parts.plan && at(parts.plan.name);
  if (!plan?.number || value.number === null) return null;
  const due = parts.due ? at(parts.due.name) : null;
  return { value: value.number, plan, due, share: percent(value.number / plan.number, parts.locale), behind: (due?.number ?? 0) > value.number };
}

function totalRow(parts: Parts, main: Result, count: number): RankRow {
  const more = parts.more;
  const cells = more?.totals ? metricColumns(more).map((column) => totalOf(more, column.name)) : (more ? metricColumns(more) : []).map((column) => missing(column.name));
  const texts = more ? keyColumns(more).slice(1).map(() => "") : [];
  return { ...rankRow(parts, `All ${count}`, (column) => totalOf(main, column), { texts, cells }), key: "[]" };
}

function missing(metric: string, ...key: string[]): Cell {
  return { metric, raw: null, number: null, unit: undefined, key: JSON.stringify(key), words: null };
}

/** Ranks by value, equal values share one; the place before by the earlier value, where there was any. */
function withPlaces(rows: RankRow[], main: Result, period: Column | undefined): RankRow[] {
  const now = places(rows.map((row) => (isMember(row.name) ? row.value.number : null)));
  const before = period ? placesBefore(rows, numbersOf(main, period.name)) : null;
  return rows.map((row, at) => ({ ...row, rank: now[at] ?? null, move: before && now[at] && before[at] ? (before[at] as number) - (now[at] as number) : null }));
}

/** The places among those who had something; none where that puts nobody before another. */
function placesBefore(rows: RankRow[], values: (number | null)[]): (number | null)[] | null {
  const earlier = values.map((value, at) => (isMember(rows[at]?.name ?? "") && value ? value : null));
  return new Set(earlier.filter((value) => value !== null)).size > 1 ? places(earlier) : null;
}

/** What stands for none or for the rest is listed, but it has no rank. */
function isMember(name: string): boolean {
  return !/^\(.*\)$/.test(name);
}

function places(values: (number | null)[]): (number | null)[] {
  const order = new Map<number, number>();
  for (const [at, value] of values.filter((one) => one !== null).sort((a, b) => b - a).entries()) if (!order.has(value)) order.set(value, at + 1);
  return values.map((value) => (value === null ? null : (order.get(value) ?? null)));
}

function headsOf(parts: Parts, main: Result): RankingView["heads"] {
  const { more } = parts;
  const labels = [...parts.extra, ...(more ? metricColumns(more) : [])].map((column) => column.label);
  const column = parts.percent ?? parts.period;
  return {
    name: parts.nameLabel, texts: more ? keyColumns(more).slice(1).map((one) => one.label) : [], value: parts.metric?.label ?? "", more: labels,
    against: column ? rangeWords(column.range, main.now, "never") : "",
  };
}
