/** The sentence at the top: what a good analyst would say first. Computed from the tiles; where nothing can be said, none. */
import type { DashboardDocument, Result, TileDocument } from "@leadline/sdk";
import { metricColumns, writeCell } from "../charts/result.ts";
import { numberView, type NumberView } from "../charts/number/view.ts";
import type { Facts } from "../charts/types.ts";
import { bucketWords, percent, rangeWords, text } from "../charts/words/all.ts";
import type { DashboardData } from "../queries/answers.ts";
import { presetOf } from "./rows.ts";

export interface Lede {
  first: string;
  /** What the first clause rests on; a phone leaves it out. */
  detail: string;
  /** What moved most elsewhere. */
  movers: string;
}

interface Known {
  tile: TileDocument;
  main: Result;
  view: NumberView;
  metric: string;
  label: string;
}

/** The opening sentence of a dashboard, or null. */
export function ledeOf(document: DashboardDocument, data: DashboardData, facts: Facts, locale: string): Lede | null {
  const known = numbers(document, data, facts, locale);
  const hero = heroOf(known);
  if (!hero || hero.view.value.number === null) return null;
  const against = comparisons(hero);
  const planned = hero.view.plan ? planWords(hero.view.plan.value, hero.view.plan.due?.number ?? null, locale) : null;
  const first = `${subject(hero)} is ${written(hero, locale)}${planned ? `, ${planned} plan` : against[0] ? `, ${against[0]}` : ""}.`;
  const detail = [planned ? sentence("That is ", against, ".") : sentence("It is ", against.slice(1), "."), further(known, hero, locale)];
  return { first, detail: detail.filter(Boolean).join(" "), movers: movers(known, hero) };
}

/** The month against its plan, else the first period with a plan, else the month, else the first with a comparison. */
function heroOf(known: Known[]): Known | undefined {
  const compared = known.filter((one) => one.view.comparisons.length > 0);
  const [planned, months] = [known.filter((one) => one.view.plan?.plan && one.view.plan.due), compared.filter((one) => presetOf(one.tile) === "month_to_date")];
  return planned.find((one) => presetOf(one.tile) === "month_to_date") ?? planned[0] ?? months[0] ?? compared[0];
}

function numbers(document: DashboardDocument, data: DashboardData, facts: Facts, locale: string): Known[] {
  return document.sections.flatMap((section) => section.tiles).flatMap((tile) => {
    const main = tile.type === "number" ? data.answers[tile.id]?.["main"]?.result : null;
    const column = main && metricColumns(main)[0];
    return main && main.rows === 1 && column ? [{ tile, main, view: numberView({ main }, facts, locale), metric: column.name, label: column.label }] : [];
  });
}

function written(one: Known, locale: string): string {
  return text(writeCell(one.view.value, locale));
}

/** `November revenue`; where the period has no name the tile's title, with the metric unless that says it. */
function subject(one: Known): string {
  const [period, title] = [periodOf(one), one.tile.title];
  if (period) return `${period} ${lower(one.label)}`;
  return title.toLowerCase().includes(one.label.toLowerCase()) ? title : `${title}: ${lower(one.label)}`;
}

/** `November`, `Quarter 4`, `2026`, `This week's`; empty where the period has no such name. */
function periodOf(one: Known): string {
  const from = one.main.range?.from;
  const preset = presetOf(one.tile) ?? "";
  const unit = /^(?:this_)?(week|month|quarter|year)(?:_to_date)?$/.exec(preset)?.[1];
  if (preset === "today") return "Today's";
  if (!from || !unit) return "";
  if (unit === "week") return "This week's";
  if (unit === "quarter") return `Quarter\u00A0${bucketWords(from, "quarter").charAt(1)}`;
  return unit === "month" ? bucketWords(from, "month").replace(/ \d+$/, "") : bucketWords(from, "year");
}

function lower(label: string): string {
  return label.charAt(0).toLowerCase() + label.slice(1);
}

function planWords(value: number, due: number | null, locale: string): string | null {
  if (!due) return null;
  const part = value / due - 1;
  if (Math.abs(part) < 0.005) return "on";
  return `${percent(Math.abs(part), locale, Math.abs(part) < 0.0995 ? 1 : 0)} ${part > 0 ? "ahead of" : "behind"}`;
}

/** `3.4% ahead of 1–17 Oct`, for each comparison that has a value. */
function comparisons(one: Known): string[] {
  return one.view.comparisons.flatMap(({ change, words }) => {
    const size = change.text.slice(2);
    const up = change.text.startsWith("↑");
    return /^[↑↓]/.test(change.text) ? [`${size} ${up ? "above" : "below"} ${words.replace(/^vs /, "").replace(/, to .*$/, "")}`] : [];
  });
}

function sentence(start: string, parts: string[], end: string): string {
  return parts.length ? start + parts.join(" and ") + end : "";
}

/** The quarter of the same metric against its own plan, or where there is none, against the one before. */
function further(known: Known[], hero: Known, locale: string): string {
  const next = known.find((one) => one.metric === hero.metric && one !== hero && presetOf(one.tile) === "quarter_to_date");
  if (!next) return "";
  const said = next.view.plan ? planWords(next.view.plan.value, next.view.plan.due?.number ?? null, locale) : null;
  if (said) return `${periodOf(next)} runs ${said} its plan.`;
  const against = comparisons(next)[0];
  return against ? `${periodOf(next)} stands at ${written(next, locale)}, ${against}.` : "";
}

/** Of the other metrics, what rose and what fell most, if it is worth saying. */
function movers(known: Known[], hero: Known): string {
  const others = known.filter((one) => one.metric !== hero.metric && one.view.comparisons[0]);
  const moved = others.map((one) => ({ one, line: one.view.comparisons[0], part: weight(one) })).filter(({ part }) => Math.abs(part) >= 0.03);
  const best = moved.filter(({ line }) => line?.change.verdict === "good").sort((a, b) => Math.abs(b.part) - Math.abs(a.part))[0];
  const worst = moved.filter(({ line }) => line?.change.verdict === "bad").sort((a, b) => Math.abs(b.part) - Math.abs(a.part))[0];
  const said = [best, worst].flatMap((found) => (found ? [moveWords(found.one)] : []));
  const range = (best ?? worst)?.one.main;
  const column = range?.columns.find((one) => one.compares && one.to !== "target");
  return said.length && range ? `Against ${rangeWords(column?.range, range.now, "never")}, ${said.join(", but ")}.` : "";
}

function weight(one: Known): number {
  return Number(one.view.comparisons[0]?.cell.number ?? 0);
}

function moveWords(one: Known): string {
  const text = one.view.comparisons[0]?.change.text ?? "";
  return `${lower(one.label)} ${text.startsWith("↑") ? "rose" : "fell"} ${text.slice(2)}`;
}
