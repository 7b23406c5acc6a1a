/** The bar's range in words. */
import type { BarDocument } from "@leadline/sdk";
import { presetWords, rangeWords } from "../charts/words/all.ts";

/** The preset of the document's own range, or null where it has fixed bounds. */
export function defaultPreset(bar: BarDocument): string | null {
  return "preset" in bar.range ? bar.range.preset : null;
}

/** `Month to date`, or the chosen days: `1–12 Oct`. */
export function rangeText(bar: BarDocument, range: string | null, today: string): string {
  const current = range ?? defaultPreset(bar) ?? "";
  const dates = /^(.+)\.\.(.+)$/.exec(current);
  return dates ? rangeWords({ from: `${dates[1]}T00:00:00`, to: `${dates[2]}T23:59:59` }, today, "never") : presetWords(current);
}
