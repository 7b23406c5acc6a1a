/** Buckets by their grain: in full, and short on an axis. One entry for each grain that is not simply a day or a time. */
import { clock, daysLater, dayText, isMidnight, monthName, monthsLater, wall, weekdayName, type Wall } from "./wall.ts";

interface Words {
  /** In full, wherever it stands alone. */
  full: (at: Wall) => string;
  /** On an axis, after the tick before it, if there is one; a day of its month where it says nothing. */
  tick?: (at: Wall, last: Wall | null) => string;
}

const WORDS: Record<string, Words> = {
  week: { full: (at) => `Week of ${dayText(at, true)}` },
  month: { full: (at) => `${monthName(at, "long")} ${at.year}`, tick: monthTick },
  quarter: { full: (at) => `Q${quarter(at)} ${at.year}`, tick: (at, last) => withYear(`Q${quarter(at)}`, at, last) },
  year: { full: (at) => String(at.year), tick: (at) => String(at.year) },
  // Companies number fiscal years by their first month or by their last: months cannot be misread.
  fiscal_quarter: { full: (at) => months(at, 3), tick: (at, last) => withYear(`${monthName(at)}\u2013${monthName(monthsLater(at, 2))}`, at, last) },
  fiscal_year: { full: fiscalYear, tick: (at) => (at.month === 1 ? String(at.year) : `${at.year}/${String(at.year + 1).slice(2)}`) },
  retail_week: { full: (at) => `Retail week of ${dayText(at, true)}` },
  retail_month: { full: (at) => `Retail ${monthName(inside(at), "long")} ${inside(at).year}`, tick: (at, last) => monthTick(inside(at), last && inside(last)) },
  retail_quarter: { full: (at) => `Retail Q${retailQuarter(at)} ${retailYear(at)}`, tick: (at, last) => withYear(`Q${retailQuarter(at)}`, inside(at), last && inside(last)) },
  retail_year: { full: (at) => `Retail year ${retailYear(at)}`, tick: (at) => String(retailYear(at)) },
};

/** With its year where that is not the one before. */
function withYear(text: string, at: Wall, last: Wall | null): string {
  return last?.year === at.year ? text : `${text} ${at.year}`;
}

function monthTick(at: Wall, last: Wall | null): string {
  return last ? withYear(monthName(at), at, last) : monthName(at);
}

function quarter(at: Wall): number {
  return Math.ceil(at.month / 3);
}

/** `Feb\u2013Apr 2026`, `Nov 2026\u2013Jan 2027`. */
function months(at: Wall, count: number): string {
  const last = monthsLater(at, count - 1);
  return `${withYear(monthName(at), at, last)}\u2013${monthName(last)} ${last.year}`;
}

function fiscalYear(at: Wall): string {
  return at.month === 1 ? `Fiscal year ${at.year}` : `Fiscal year ${months(at, 12)}`;
}

/** A day that lies in the month for which a retail month stands: retail months begin up to a week early or late. */
function inside(at: Wall): Wall {
  return daysLater(at, 14);
}

/** Retail years begin with February, and bear the number of the year in which they begin. */
function retailYear(at: Wall): number {
  return inside(at).month === 1 ? inside(at).year - 1 : inside(at).year;
}

function retailQuarter(at: Wall): number {
  return Math.floor(((inside(at).month + 10) % 12) / 3) + 1;
}

/** A bucket by its grain, in full: `Tue 17 Nov 2026`, `Week of 16 Nov 2026`, `November 2026`, `Q4 2026`, `Retail Q4 2026`. */
export function bucketWords(text: string, grain: string | undefined): string {
  const at = wall(text);
  const words = WORDS[grain ?? ""];
  return words ? words.full(at) : `${weekdayName(at)} ${dayText(at, true)}${isMidnight(at) ? "" : ` ${clock(at)}`}`;
}

/** A bucket on an axis: short, with the month or the year where it changes. */
export function tickWords(text: string, before: string | null, grain: string | undefined): string {
  const [at, last] = [wall(text), before ? wall(before) : null];
  const words = WORDS[grain ?? ""];
  if (words?.tick) return words.tick(at, last);
  return !last || last.month !== at.month ? dayText(at, false) : String(at.day);
}
