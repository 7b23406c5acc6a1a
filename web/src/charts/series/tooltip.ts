import type { Result } from "@leadline/sdk";
import { cellAt, columnOf, periodsOf, type Cell } from "../result.ts";
import type { Facts } from "../types.ts";
import { points, relative, type Change } from "../words/all.ts";
import type { SeriesView } from "./view.ts";

export interface TipRow {
  label: string;
  kind: "main" | "first" | "second" | "plan";
  cell: Cell;
  change: Change | null;
}

/** The rows of the tooltip of one bucket: the value, then each companion with the change against it. */
export function tipRows(main: Result, view: SeriesView, at: number, facts: Facts, locale: string): TipRow[] {
  const now = cellAt(main, view.metric, at);
  const good = facts[view.metric]?.good;
  const rows = view.companions.map((one): TipRow => {
    const cell = cellAt(main, one.name, at);
    return { label: one.label, kind: one.kind, cell, change: one.kind === "plan" ? null : change(main, view, at, one.name, good, locale) };
  });
  return [{ label: view.label, kind: "main", cell: now, change: null }, ...rows];
}

function change(main: Result, view: SeriesView, at: number, name: string, good: "up" | "down" | null | undefined, locale: string): Change | null {
  const [now, was] = [cellAt(main, view.metric, at).number, cellAt(main, name, at).number];
  if (now === null || was === null) return null;
  if (view.unit === "percent") return points(now - was, good, locale);
  const given = periodsOf(main, view.metric).find((period) => period.value?.name === name)?.percent;
  const part = given && columnOf(main, given.name) ? cellAt(main, given.name, at).number : was ? (now - was) / Math.abs(was) : null;
  return relative(part, good, locale, now);
}
