/** Numbers in words of numbers: three significant digits with k, M, B; the locale rules order and signs. */

import { numberFormat } from "./formats.ts";

/** A narrow no-break space: before a unit. */
export const THIN = "\u202F";
/** Minus, joined to its number. */
export const MINUS = "\u2212\u2060";
/** What stands for a missing value; it is never 0. */
export const MISSING = "–";

/** A number as it is written: `unit` (k, M, B, d) is drawn lighter; `tail` is what follows it (a currency behind). */
export interface Written {
  head: string;
  unit: string;
  tail: string;
}

export type Style = "tile" | "axis" | "plain";

const STEPS = [
  { from: 999_500_000, by: 1e9, unit: "B" },
  { from: 999_500, by: 1e6, unit: "M" },
  { from: 1_000, by: 1e3, unit: "k" },
] as const;

/** The text of a written number. */
export function text(written: Written): string {
  return written.head + (written.unit ? THIN + written.unit : "") + written.tail;
}

/** A value of a column with this unit; `null` is a dash. */
export function write(value: number | null, unit: string | undefined, locale: string, style: Style = "tile"): Written {
  if (value === null || !Number.isFinite(value)) return { head: MISSING, unit: "", tail: "" };
  if (unit === "percent") return plain(percent(value, locale, percentDigits(value, style)));
  if (isCurrency(unit)) return money(value, unit, locale, style);
  if (unit && unit !== "count") return { ...plain(signed(value, decimal(value, locale))), unit: SHORT[unit] ?? unit };
  return count(value, locale, style);
}

const SHORT: Record<string, string> = { day: "d", days: "d", hour: "h", hours: "h", minute: "min", minutes: "min", week: "wk", weeks: "wk", month: "mo", months: "mo" };

function isCurrency(unit: string | undefined): unit is string {
  return unit !== undefined && /^[A-Z]{3}$/.test(unit);
}

function plain(head: string): Written {
  return { head, unit: "", tail: "" };
}

function signed(value: number, shown: string): string {
  return value < 0 && /[1-9]/.test(shown) ? MINUS + shown : shown;
}

function percentDigits(value: number, style: Style): number {
  if (style !== "axis") return Math.abs(value) >= 0.9995 ? 0 : 1;
  return Number.isInteger(Math.round(value * 1e6) / 1e4) ? 0 : 1;
}

/** A share, `digits` behind the point. */
export function percent(value: number, locale: string, digits = 0): string {
  const shown = numberFormat(locale, { style: "percent", minimumFractionDigits: digits, maximumFractionDigits: digits });
  return signed(value, shown.format(Math.abs(value)));
}

/** A whole number with separators. */
export function whole(value: number, locale: string): string {
  return signed(value, numberFormat(locale, { maximumFractionDigits: 0 }).format(Math.abs(value)));
}

function decimal(value: number, locale: string): string {
  const size = Math.abs(value);
  const digits = size >= 100 ? 0 : size >= 10 ? 1 : 2;
  return numberFormat(locale, { minimumFractionDigits: 0, maximumFractionDigits: digits }).format(size);
}

function count(value: number, locale: string, style: Style): Written {
  if (style === "axis" && Math.abs(value) >= 10_000) return scaled(value, locale, style);
  return plain(Number.isInteger(value) ? whole(value, locale) : signed(value, decimal(value, locale)));
}

function stepOf(size: number): { by: number; unit: string } {
  return STEPS.find((step) => size >= step.from) ?? { by: 1, unit: "" };
}

/** Digits behind the point, so that about three are significant; thousands carry none from ten on. */
function digitsOf(size: number, unit: string, style: Style): number {
  if (style === "axis" || unit === "") return 0;
  if (unit === "k") return size >= 9.95 ? 0 : 1;
  return size >= 99.95 ? 0 : size >= 9.995 ? 1 : 2;
}

function options(value: number, style: Style): { shown: number; unit: string; digits: Intl.NumberFormatOptions } {
  const { by, unit } = stepOf(Math.abs(value));
  const shown = Math.abs(value) / by;
  const least = digitsOf(shown, unit, style);
  const most = style === "axis" ? 2 : least;
  return { shown, unit, digits: { minimumFractionDigits: least, maximumFractionDigits: most } };
}

function scaled(value: number, locale: string, style: Style): Written {
  const { shown, unit, digits } = options(value, style);
  return { ...plain(signed(value, numberFormat(locale, digits).format(shown))), unit };
}

/** `$1.73 M`, `1,73 M €`: the unit follows the digits, wherever the locale puts the currency. */
function money(value: number, currency: string, locale: string, style: Style): Written {
  if (style === "axis" && value === 0) return plain("0");
  const { shown, unit, digits } = options(value, style === "plain" ? "tile" : style);
  const form = numberFormat(locale, { style: "currency", currency, currencyDisplay: "narrowSymbol", ...digits });
  const parts = form.formatToParts(shown);
  const last = parts.findLastIndex((part) => part.type === "integer" || part.type === "fraction");
  const join = (some: Intl.NumberFormatPart[]): string => some.map((part) => part.value).join("");
  return { head: signed(value, join(parts.slice(0, last + 1))), unit, tail: join(parts.slice(last + 1)) };
}
