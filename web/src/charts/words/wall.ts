/** The wall clock of an instant as the server writes it: its offset is the asked zone's, so its digits are the local time. */

export interface Wall {
  year: number;
  month: number;
  day: number;
  hour: number;
  minute: number;
  second: number;
}

/** Reads `2026-11-17T14:32:05.120-06:00` or `2026-11-17` without converting any zone. */
export function wall(text: string): Wall {
  const [year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0] = text.slice(0, 19).split(/[-T:]/).map(Number);
  return { year, month, day, hour, minute, second };
}

/** The wall day as a Date in UTC: only for counting days and for names of days and months. */
export function asDate(at: Wall): Date {
  return new Date(Date.UTC(at.year, at.month - 1, at.day));
}

/** The wall day before. */
export function dayBefore(at: Wall): Wall {
  const date = new Date(asDate(at).getTime() - 86_400_000);
  return { ...at, year: date.getUTCFullYear(), month: date.getUTCMonth() + 1, day: date.getUTCDate() };
}

export function isMidnight(at: Wall): boolean {
  return at.hour === 0 && at.minute === 0 && at.second === 0;
}

/** Whole days from one wall day to another. */
export function daysBetween(from: Wall, to: Wall): number {
  return Math.round((asDate(to).getTime() - asDate(from).getTime()) / 86_400_000);
}

/** `14:32`. */
export function clock(at: Wall): string {
  return `${String(at.hour).padStart(2, "0")}:${String(at.minute).padStart(2, "0")}`;
}

type Form = "short" | "long";

function names(count: number, form: Intl.DateTimeFormatOptions, at: (n: number) => number): string[] {
  const named = new Intl.DateTimeFormat("en-GB", { timeZone: "UTC", ...form });
  return [...Array(count).keys()].map((n) => named.format(at(n)).replace(/^Sept$/, "Sep"));
}

const month = (n: number): number => Date.UTC(2001, n, 1);
const sunday = (n: number): number => Date.UTC(2001, 0, 7 + n);
const MONTHS = { short: names(12, { month: "short" }, month), long: names(12, { month: "long" }, month) };
const DAYS = { short: names(7, { weekday: "short" }, sunday), long: names(7, { weekday: "long" }, sunday) };

export function monthName(at: Wall, form: Form = "short"): string {
  return MONTHS[form][at.month - 1] ?? "";
}

export function weekdayName(at: Wall, form: Form = "short"): string {
  return DAYS[form][asDate(at).getUTCDay()] ?? "";
}

/** `17 Nov`, `17 Nov 2026`. */
export function dayText(at: Wall, withYear: boolean): string {
  return `${at.day} ${monthName(at)}${withYear ? ` ${at.year}` : ""}`;
}

/** The wall day so many days later. */
export function daysLater(at: Wall, days: number): Wall {
  const date = new Date(asDate(at).getTime() + days * 86_400_000);
  return { ...at, year: date.getUTCFullYear(), month: date.getUTCMonth() + 1, day: date.getUTCDate() };
}

/** The same day so many months later; the day must be one that every month has. */
export function monthsLater(at: Wall, months: number): Wall {
  const month = at.month - 1 + months;
  return { ...at, year: at.year + Math.floor(month / 12), month: (((month % 12) + 12) % 12) + 1 };
}
