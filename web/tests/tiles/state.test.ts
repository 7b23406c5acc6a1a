import type { TileDocument } from "@leadline/sdk";
import { expect, test } from "vitest";
import { chartTypes } from "../../src/charts/registry.ts";
import { initials } from "../../src/shell/initials.ts";
import { afterSignIn } from "../../src/signin/next.ts";
import { detail, partName, verdict } from "../../src/status/parts.ts";
import { aboutView } from "../../src/tiles/about.ts";
import { comparisonCount, liveState, tileState } from "../../src/tiles/state.ts";
import { fact, result } from "../support/results.ts";

const tile: TileDocument = { id: "t", type: "number", title: "T", width: 3, queries: { main: { metrics: ["revenue"] } } };
const main = result([{ name: "revenue" }], [["1"]], { rejected: [{ rollup: "daily", reason: "stale", detail: "" }] });
const problem = { code: "timeout", why: "slow" };

test("what a tile is doing follows from its answers", () => {
  const kind = (given: Parameters<typeof tileState>[1], type = "number"): string => tileState({ ...tile, type }, given).kind;
  expect(kind(undefined)).toBe("loading");
  expect(kind({ main: { result: null, problem, received: 0 } })).toBe("error");
  expect(kind({ main: { result: { ...main, rows: 0, data: [[]] }, problem: null, received: 0 } })).toBe("empty");
  expect(kind({ main: { result: main, problem, received: 0 } })).toBe("filled");
  expect(kind({ main: { result: main, problem: null, received: 0 } }, "flow")).toBe("mismatch");
  expect(kind({ main: { result: main, problem: null, received: 0 } }, "sonar")).toBe("mismatch");
});

test("what is a group and what a number is said by the query, not guessed", () => {
  const since = result([{ name: "first_day", type: "date" }], [["2019-01-01"]]);
  const state = tileState({ ...tile, queries: { main: { metrics: ["first_day"] } } }, { main: { result: since, problem: null, received: 0 } });
  expect(state.kind === "filled" && chartTypes.get("number")?.summary(state.answers, {}, "en-US")).toBe("1 Jan 2019");
  const by = { ...tile, type: "bars", queries: { main: { metrics: ["sales"], dimensions: ["quantity"] } } };
  const parts = result([{ name: "quantity", type: "integer" }, { name: "sales", type: "integer" }], [[1, null], [3, 4]]);
  const drawn = tileState(by, { main: { result: parts, problem: null, received: 0 } });
  expect(drawn.kind === "filled" && chartTypes.get("bars")?.summary(drawn.answers, {}, "en-US")).toBe("1 3, (none) 4.");
});

test("stale before paused before the interval", () => {
  expect([liveState(true, true, null), liveState(true, false, problem), liveState(true, false, null), liveState(false, false, null)]).toEqual(["stale", "stale", "paused", "interval"]);
});

test("how many comparisons a tile will have is known before its data", () => {
  expect([comparisonCount(tile, "both"), comparisonCount(tile, "none"), comparisonCount({ ...tile, compare: false }, "both"), comparisonCount(tile, "previous_year")]).toEqual([2, 0, 0, 1]);
});

test("a number explains itself", () => {
  const view = aboutView(tile, main, { revenue: fact("Revenue", { about: "Won.", definition: "sum(amount)" }) }, "en-US");
  expect(view.metrics).toEqual([{ name: "revenue", label: "Revenue", about: "Won.", definition: "sum(amount)" }]);
  expect(view.lines.map((line) => `${line.term}: ${line.words}`)).toEqual([
    "Over: 1–17 Nov, to 14:33", "Answered from: rollup daily", "Read on: replica-1, 2\u202Fms behind", "As of: Tuesday 17 November 2026, 14:32 Chicago time", "Came: asked of the database, in 2\u202Fms", "Rows: 1",
  ]);
  expect(view.rejected).toEqual([{ rollup: "daily", words: "is out of date" }]);
});

test("after signing in one lands on a page of ours", () => {
  expect(["/dashboards/x?range=all", "//evil.example", "/\\evil.example", "https://evil.example", "/signin", undefined].map(afterSignIn)).toEqual(["/dashboards/x?range=all", "/", "/", "/", "/", "/"]);
});

test("initials", () => expect(["Ruth Halloran", "ada@example.com", "Cher", "Juan de la Cruz"].map(initials)).toEqual(["RH", "A", "C", "JC"]));

test("a part that is down says whether the product goes on", () => {
  const down = { state: "down" as const, needed: false, why: "it does not answer.", fix: "Start it." };
  expect([verdict(down), verdict({ ...down, needed: true }), verdict({ ...down, state: "ok" })]).toEqual(["warn", "bad", "good"]);
  expect(detail(down)).toBe("It does not answer. Start it. The product goes on without it.");
  expect(["redis", "replica-1", "change_capture"].map(partName)).toEqual(["Cache", "Replica 1", "Change capture"]);
});
