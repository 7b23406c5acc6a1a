/** The line at the foot: what the page cost and which layers answered. */
import type { Result } from "@leadline/sdk";
import type { DashboardData } from "../queries/answers.ts";

/** `29 queries, 1 request, 38 ms` and `Answered from daily_revenue_summary and 2 other rollups, replica-1, 2 ms behind`. */
export function footerWords(data: DashboardData): string[] {
  const results = Object.values(data.answers).flatMap((tile) => Object.values(tile)).flatMap((answer) => (answer.result ? [answer.result] : []));
  const cost = data.done ? `${data.done.queries} questions, 1 request, ${Math.round(data.done.ms)}\u202Fms` : "";
  return [cost, results.length ? from(results) : ""].filter(Boolean);
}

function from(results: Result[]): string {
  const counts = new Map<string, number>();
  for (const { served_by: by } of results) if (by.rollup) counts.set(by.rollup, (counts.get(by.rollup) ?? 0) + 1);
  const [first, ...others] = [...counts].sort((a, b) => b[1] - a[1]).map(([name]) => name);
  const layer = first ? `${first}${others.length ? ` and ${others.length} other rollup${others.length > 1 ? "s" : ""}` : ""}` : "the tables themselves";
  const at = results.find((result) => result.served_by.node)?.served_by;
  return `Answered from ${layer}${at ? `, ${at.node}${at.lag_ms ? `, ${at.lag_ms}\u202Fms behind` : ""}` : ""}`;
}
