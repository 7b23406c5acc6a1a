/** The bar's range in words, and as the days of the picker. */
import type { BarDocument, Range } from "@leadline/sdk";
import { presetWords, rangeWords } from "../charts/words/all.ts";
import { rangeOf } from "./viewState.ts";

/** The preset of the document's own range, or null where it has fixed bounds. */
export function defaultPreset(bar: BarDocument): string | null {
  return "preset" in bar.range ? bar.range.preset : null;
}

/** `Month to date`, or the chosen days: `1–12 Oct`, `from 1 Oct`. `range`: of the address. */
export function rangeText(bar: BarDocument, range: string | null, today: string): string {
  const asked = rangeOf({ range }, bar);
  if ("preset" in asked) return presetWords(asked.preset);
  const [from, to] = [asked.from, asked.to].map((bound) => (bound && /^[^T]+$/.test(bound) ? `${bound}T00:00:00` : bound));
  if (from && to) return rangeWords({ from, to }, today, "never");
  const words = (bound: string): string => rangeWords({ from: bound, to: dayAfter(bound) }, today, "never");
  return from ? `From ${words(from)}` : to ? `Until ${words(dayBefore(to))}` : presetWords("all");
}

export interface Days {
  first: string;
  /** The last day that is part of the range. */
  last: string;
}

/** The days of a range with fixed bounds, for the picker; empty where there is none. */
export function daysOf(range: Range): Days {
  if ("preset" in range) return { first: "", last: "" };
  const { from = "", to = "" } = range;
  const midnight = /^[^T]+$|T00:00(:00)?/.test(to);
  return { first: from.slice(0, 10), last: to && midnight ? dayBefore(to) : to.slice(0, 10) };
}

/** The days of the picker as the address has them: up to the day after the last. */
export function addressOf({ first, last }: Days): string {
  return `${first}..${dayAfter(last)}`;
}

const moved = (date: string, by: number): string => new Date(Date.parse(`${date.slice(0, 10)}T00:00:00Z`) + by * 86_400_000).toISOString().slice(0, 10);
const dayAfter = (date: string): string => moved(date, 1);
const dayBefore = (date: string): string => moved(date, -1);
