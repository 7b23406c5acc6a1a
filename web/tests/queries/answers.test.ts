import { expect, test } from "vitest";
import { isIncomparable, narrower, NOTHING, withLine } from "../../src/queries/answers.ts";
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

test("tiles that cannot be compared are asked with less", () => {
  const line = { tile: "t", query: "main", error: { code: "not_comparable", why: "weeks" } };
  expect([isIncomparable(line), isIncomparable({ ...line, query: "spark" }), isIncomparable({ tile: "t", query: "main", error: problem })]).toEqual([true, false, false]);
  expect(narrower({ compare: "both" }, ["t"])).toEqual({ compare: "previous_year", only: ["t"] });
  expect(narrower({ compare: "previous_period" }, ["t"])?.compare).toBe("none");
  expect([narrower({ compare: "none" }, ["t"]), narrower({ compare: "both" }, [])]).toEqual([null, null]);
});

test("the home dashboard", () => {
  const one = (id: string, home = false) => ({ id, title: id, home });
  expect(homeOf([one("a"), one("b", true)])?.id).toBe("b");
  expect(homeOf([one("a"), one("executive")])?.id).toBe("executive");
  expect(homeOf([one("z"), one("a")])?.id).toBe("z");
  expect(homeOf([])).toBeUndefined();
});
