import { expect, test } from "vitest";
import { NOTHING, withLine } from "../../src/queries/answers.ts";
import { homeOf } from "../../src/queries/dashboards.ts";
import { result } from "../support/results.ts";

const good = result([{ name: "a" }], [["1"]]);
const problem = { code: "timeout", why: "slow" };

test("a failure keeps the last good answer; a new one takes the failure away", () => {
  const first = withLine(NOTHING, { tile: "t", query: "main", result: good }, 5);
  const failed = withLine(first, { tile: "t", query: "main", error: problem }, 9);
  expect(failed.answers["t"]?.["main"]).toEqual({ result: good, problem, received: 5 });
  expect(withLine(failed, { tile: "t", query: "main", result: good }, 12).answers["t"]?.["main"]).toEqual({ result: good, problem: null, received: 12 });
});

test("an older answer does not take the place of a newer one", () => {
  const first = withLine(NOTHING, { tile: "t", query: "main", result: good }, 5);
  const older = withLine(first, { tile: "t", query: "main", result: { ...good, as_of: "2026-11-17T14:31:00-06:00" } }, 9);
  expect(older.answers["t"]?.["main"]).toEqual({ result: good, problem: null, received: 9 });
});

test("the home dashboard", () => {
  const one = (id: string, home = false) => ({ id, title: id, home });
  expect(homeOf([one("a"), one("b", true)])?.id).toBe("b");
  expect(homeOf([one("a"), one("executive")])?.id).toBe("executive");
  expect(homeOf([one("z"), one("a")])?.id).toBe("z");
  expect(homeOf([])).toBeUndefined();
});
