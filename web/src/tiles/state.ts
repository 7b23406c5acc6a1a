/** What a tile is doing, decided from its answers alone. */
import type { Problem, Result, TileDocument } from "@leadline/sdk";
import { asked } from "../charts/result.ts";
import { chartTypes } from "../charts/registry.ts";
import type { Answers } from "../charts/types.ts";
import type { Answer } from "../queries/answers.ts";

export type LiveState = "interval" | "paused" | "stale";

export type TileState =
  | { kind: "loading" }
  | { kind: "error"; problem: Problem }
  | { kind: "empty" }
  | { kind: "mismatch"; why: string }
  /** `problem`: a newer question failed; what is drawn is the last good answer. */
  | { kind: "filled"; answers: Answers; problem: Problem | null };

/** Loading until `main` is answered; filled from its last good answer, whatever failed since. */
export function tileState(tile: TileDocument, given: Readonly<Record<string, Answer>> | undefined): TileState {
  const main = given?.["main"];
  if (!main) return { kind: "loading" };
  if (!main.result) return main.problem ? { kind: "error", problem: main.problem } : { kind: "loading" };
  const type = chartTypes.get(tile.type);
  if (!type) return { kind: "mismatch", why: `There is no chart type named ${tile.type}.` };
  if (isEmpty(main.result)) return { kind: "empty" };
  const answers = answersOf(tile, given ?? {}, main.result);
  if (!type.accepts(answers.main)) return { kind: "mismatch", why: `${type.label} cannot draw this answer.` };
  return { kind: "filled", answers, problem: main.problem };
}

function answersOf(tile: TileDocument, given: Readonly<Record<string, Answer>>, main: Result): Answers {
  const found = Object.entries(given).flatMap(([name, answer]) => (answer.result ? [[name, asked(answer.result, tile.queries[name])] as const] : []));
  return { ...Object.fromEntries(found), main: asked(main, tile.queries.main) };
}

function isEmpty(result: Result): boolean {
  return result.rows === 0;
}

/** `stale` where the connection is cut or this tile's own question failed; else as the viewer has set it. */
export function liveState(paused: boolean, cut: boolean, problem: Problem | null): LiveState {
  if (cut || problem) return "stale";
  return paused ? "paused" : "interval";
}

/** How many comparisons the bar gives a tile: known before its data are, so that its size is. */
export function comparisonCount(tile: TileDocument, compare: string): number {
  if (tile.compare === false || compare === "none") return 0;
  return compare === "both" ? 2 : 1;
}
