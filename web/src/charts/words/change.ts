/** A change in words: an arrow, its size, and whether that is good. */
import { numberFormat } from "./formats.ts";
import { MISSING, THIN, percent } from "./number.ts";

export type Verdict = "good" | "bad" | "none";

export interface Change {
  /** `↑ 3.4%`, `↓ 1.2 pp`, `→ 0%`, `new` where there was nothing before, or a dash where there is no change to tell. */
  text: string;
  /** The same for the ear: `up 3.4%`. */
  spoken: string;
  verdict: Verdict;
}

/** What is good of a metric: that it goes up, that it goes down, or neither. */
export type Good = "up" | "down" | null | undefined;

/** One decimal below ten percent, none above. */
function size(part: number, locale: string): string {
  return percent(Math.abs(part), locale, Math.abs(part) >= 0.0995 ? 0 : 1);
}

/** The change of an amount by `part` of what it was; `null`: there is none to tell. `value`: what is there now; something out of nothing is new. */
export function relative(part: number | null, good: Good, locale: string, value?: number | null): Change {
  if (part === null && value) return { text: "new", spoken: "new", verdict: "none" };
  if (part === null) return { text: MISSING, spoken: "no change to tell", verdict: "none" };
  if (Math.abs(part) < 0.0005) return { text: `→ ${percent(0, locale)}`, spoken: "unchanged", verdict: "none" };
  return arrowed(part, size(part, locale), good);
}

/** The difference of two shares, in percentage points; `null`: one of them is missing. */
export function points(difference: number | null, good: Good, locale: string): Change {
  if (difference === null) return { text: MISSING, spoken: "nothing to compare with", verdict: "none" };
  const digits = numberFormat(locale, { minimumFractionDigits: 1, maximumFractionDigits: 1 });
  const shown = digits.format(Math.abs(difference) * 100);
  if (!/[1-9]/.test(shown)) return { text: `→ 0${THIN}pp`, spoken: "unchanged", verdict: "none" };
  return arrowed(difference, `${shown}${THIN}pp`, good);
}

function arrowed(by: number, shown: string, good: Good): Change {
  const up = by > 0;
  const verdict = !good ? "none" : (good === "up") === up ? "good" : "bad";
  return { text: `${up ? "↑" : "↓"} ${shown}`, spoken: `${up ? "up" : "down"} ${shown}`, verdict };
}
