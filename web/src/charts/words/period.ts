/** Ranges, buckets and ages in words. */
import type { ResolvedRange } from "@leadline/sdk";
import { asDate, clock, dayBefore, dayText, daysBetween, isMidnight, monthName, wall, weekdayName, type Wall } from "./wall.ts";

/** The last day that a range touches, and the time of day at which it is cut (null: it ends at midnight). */
function lastDay(to: Wall): { day: Wall; cut: string | null } {
  return isMidnight(to) ? { day: dayBefore(to), cut: null } : { day: to, cut: clock(to) };
}

function sameMonth(a: Wall, b: Wall): boolean {
  return a.year === b.year && a.month === b.month;
}

function wholeUnit(from: Wall, to: Wall, withYear: boolean): string | null {
  if (from.day !== 1 || to.day !== 1 || !isMidnight(from) || !isMidnight(to)) return null;
  const months = (to.year - from.year) * 12 + to.month - from.month;
  if (months === 12 && from.month === 1) return String(from.year);
  if (months === 1) return monthName(from, "long") + (withYear ? ` ${from.year}` : "");
  return null;
}

/** Days from `from` to `to`, both included: `Tue 10 Nov`, `1–17 Oct`, `28 Sep–4 Oct`, `1 Oct–17 Nov 2025`. */
function days(from: Wall, to: Wall, withYear: boolean): string {
  if (daysBetween(from, to) === 0) return `${weekdayName(to)} ${dayText(to, withYear)}`;
  if (sameMonth(from, to)) return `${from.day}–${dayText(to, withYear)}`;
  return `${dayText(from, withYear && from.year !== to.year)}–${dayText(to, withYear)}`;
}

/** A range in words, seen from the year of `now`; a cut at the time of day is said where the range is short. */
export function rangeWords(range: ResolvedRange | null | undefined, now: string, cut: "short" | "always" | "never" = "short"): string {
  if (!range?.from || !range.to) return "all time";
  const [from, to] = [wall(range.from), wall(range.to)];
  const { day, cut: at } = lastDay(to);
  const withYear = day.year !== wall(now).year;
  const whole = wholeUnit(from, to, withYear);
  if (whole) return whole;
  const said = at && (cut === "always" || (cut === "short" && !withYear && daysBetween(from, day) < 31));
  return days(from, day, withYear) + (said ? `, to ${at}` : "");
}

/** What has passed of a range: up to `now`, if it is earlier than the range's end. */
export function passed(range: ResolvedRange | null | undefined, now: string): ResolvedRange | null {
  if (!range?.to) return range ?? null;
  return Date.parse(range.to) > Date.parse(now) ? { ...range, to: now } : range;
}

/** A date, with the time of day where it has one: `1 Jan 2019`, `1 Jan 2019, 14:32`. */
export function dateWords(text: string): string {
  const at = wall(text);
  return dayText(at, true) + (isMidnight(at) ? "" : `, ${clock(at)}`);
}

/** `Tuesday 17 November 2026, 14:32 Chicago time`. */
export function momentWords(text: string, zone: string | null | undefined): string {
  const at = wall(text);
  const place = zone?.split("/").at(-1)?.replaceAll("_", " ");
  const day = `${weekdayName(at, "long")} ${at.day} ${monthName(at, "long")} ${at.year}`;
  return `${day}, ${clock(at)}${place ? ` ${place === "UTC" ? "UTC" : `${place} time`}` : ""}`;
}

const AGES = [
  { from: 172_800, by: 86_400, unit: "d" },
  { from: 7_200, by: 3_600, unit: "h" },
  { from: 60, by: 60, unit: "min" },
] as const;

/** How old something is: `4 s`, `3 min`, `5 h`, `2 d`; below two seconds `now`. */
export function ageWords(seconds: number): string {
  if (seconds < 2) return "now";
  const step = AGES.find((one) => seconds >= one.from);
  return step ? `${Math.floor(seconds / step.by)}\u202F${step.unit}` : `${Math.floor(seconds)}\u202Fs`;
}

const UNITS: Record<string, string> = { day: "Today", week: "This week", month: "This month", quarter: "This quarter", year: "This year" };

/** A preset as a choice: `Month to date`, `Last quarter`, `Last 13 weeks`. */
export function presetWords(preset: string): string {
  const current = /^this_(\w+)$/.exec(preset)?.[1];
  if (current && UNITS[current]) return UNITS[current];
  const spaced = preset.replaceAll("_", " ");
  return spaced === "all" ? "All time" : spaced.charAt(0).toUpperCase() + spaced.slice(1);
}

/** The date of an instant in its own zone, `2026-11-17`. */
export function dateOf(text: string): string {
  return asDate(wall(text)).toISOString().slice(0, 10);
}
