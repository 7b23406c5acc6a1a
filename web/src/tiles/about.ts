/** What can be said about a number: its definition, which layer answered, how old it is. */
import type { Result, TileDocument } from "@leadline/sdk";
import { metricColumns } from "../charts/result.ts";
import type { Facts } from "../charts/types.ts";
import { momentWords, passed, rangeWords, whole } from "../charts/words/all.ts";

export interface MetricNote {
  name: string;
  label: string;
  about: string;
  definition: string;
}

export interface AboutView {
  metrics: MetricNote[];
  lines: { term: string; words: string }[];
  rejected: { rollup: string; words: string }[];
}

const LAYERS: Record<string, string> = { base: "the tables themselves", rollup: "a rollup", "rollup+edge": "a rollup and what came since its refresh" };
const CACHES: Record<string, string> = { hit: "kept from an earlier question", stale: "kept from an earlier question, out of date", miss: "asked of the database", live: "pushed live" };
const REASONS: Record<string, string> = {
  missing_member: "lacks a field", filter_not_covered: "does not cover a filter", grain_not_derivable: "is too coarse", zone_differs: "counts days in another zone",
  not_additive: "cannot be added up", range_not_covered: "does not cover the range", stale: "is out of date", rule_needs_column: "lacks the column of a rule", disabled: "is switched off",
};

/** The notes on the metrics of a tile and on its main answer. */
export function aboutView(tile: TileDocument, result: Result | null, facts: Facts, locale: string): AboutView {
  const names = [...new Set(Object.values(tile.queries).flatMap((query) => query.metrics))];
  return {
    metrics: names.map((name) => noteOf(name, facts)),
    lines: result ? linesOf(result, locale) : [],
    rejected: (result?.rejected ?? []).map((one) => ({ rollup: one.rollup, words: one.detail || (REASONS[one.reason] ?? one.reason) })),
  };
}

function noteOf(name: string, facts: Facts): MetricNote {
  const fact = facts[name];
  return { name, label: fact?.label ?? name, about: fact?.about ?? "", definition: fact?.definition ?? "" };
}

function linesOf(result: Result, locale: string): AboutView["lines"] {
  const { layer, rollup, node, lag_ms: lag, cache } = result.served_by;
  const from = rollup ? `${layer === "rollup+edge" ? "rollup and edge of " : "rollup "}${rollup}` : (LAYERS[layer] ?? layer);
  const time = result.ms["total"];
  return [
    ...(result.range ? [{ term: "Over", words: rangeWords(passed(result.range, result.now), result.now, "always") }] : []),
    { term: "Answered from", words: from },
    ...(node ? [{ term: "Read on", words: `${node}${lag ? `, ${lag}\u202Fms behind` : ""}` }] : []),
    { term: "As of", words: momentWords(result.as_of, result.range?.zone) },
    { term: "Came", words: `${CACHES[cache] ?? cache}${time === undefined ? "" : `, in ${time}\u202Fms`}` },
    { term: "Rows", words: `${whole(result.rows, locale)}${result.truncated ? ", more were left out" : ""}` },
    ...(result.rules.length ? [{ term: "Rules", words: result.rules.join(", ") }] : []),
  ];
}

/** The label under which the main metric is known. */
export function mainLabel(result: Result | null): string {
  return (result && metricColumns(result)[0]?.label) ?? "";
}
