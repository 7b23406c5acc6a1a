import type { DataLine, Problem, Result } from "@leadline/sdk";

/** What is known of one query of a tile: its last good Result, and why a newer one failed. */
export interface Answer {
  result: Result | null;
  problem: Problem | null;
  /** When the Result came, by the browser's clock. */
  received: number;
}

export interface DashboardData {
  answers: Readonly<Record<string, Readonly<Record<string, Answer>>>>;
  /** Of the last complete stream. */
  done: { queries: number; ms: number } | null;
}

export const NOTHING: DashboardData = { answers: {}, done: null };

/** The data with one more line of the stream; a failure keeps the last good Result, and time never goes back. */
export function withLine(data: DashboardData, line: DataLine, received: number): DashboardData {
  if ("done" in line) return { ...data, done: { queries: line.queries, ms: line.ms } };
  const tile = data.answers[line.tile] ?? {};
  const known = tile[line.query];
  const answer = "error" in line ? failed(known, line.error) : { result: newer(known?.result ?? null, line.result), problem: null, received };
  return { ...data, answers: { ...data.answers, [line.tile]: { ...tile, [line.query]: answer } } };
}

function failed(known: Answer | undefined, problem: Problem): Answer {
  return { result: known?.result ?? null, problem, received: known?.received ?? 0 };
}

/** The Result that knows more; another node may answer with an older one. */
function newer(known: Result | null, arrived: Result): Result {
  return known && Date.parse(known.as_of) > Date.parse(arrived.as_of) ? known : arrived;
}
