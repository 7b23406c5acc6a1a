import type { TileDocument } from "@leadline/sdk";
import { describe, expect, test } from "vitest";
import { addressOf, daysOf, rangeText } from "../../src/dashboard/barWords.ts";
import { filterWords, matching } from "../../src/dashboard/filterWords.ts";
import { footerWords } from "../../src/dashboard/footer.ts";
import { ledeOf } from "../../src/dashboard/lede.ts";
import { pulseWords } from "../../src/dashboard/pulseWords.ts";
import { periodWord, rowsOf, shownOf } from "../../src/dashboard/rows.ts";
import { NOTHING, withLine } from "../../src/queries/answers.ts";
import { compared, fact, result, targets } from "../support/results.ts";

const tile = (id: string, preset: string | null, width = 3, metric = "revenue", type = "number"): TileDocument => ({
  id, type, title: id, width, queries: { main: { metrics: [metric], ...(preset ? { time: { range: { preset } } } : {}) } },
});

const TODAY = "2026-11-17T00:00:00-06:00";

describe("rows", () => {
  test("fill twelve columns, numbers share a row evenly", () => {
    const rows = rowsOf([tile("a", "today", 2), tile("b", "month_to_date", 6), tile("c", "year_to_date", 4), tile("d", null, 8, "leads", "bars"), tile("e", null, 4, "leads", "bars")]);
    expect(rows.map((row) => row.tiles.map((one) => one.id))).toEqual([["a", "b", "c"], ["d", "e"]]);
    expect(rows[0]?.columns).toBe("minmax(0, 1fr) minmax(0, 1fr) minmax(0, 1fr)");
    expect(rows[1]?.columns).toBe("minmax(0, 8fr) minmax(0, 4fr)");
    expect(rows.map((row) => row.periods)).toEqual([true, false]);
  });

  test("a phone shows the chosen period, else the month", () => {
    const [row] = rowsOf([tile("a", "today"), tile("b", "month_to_date"), tile("c", "year_to_date")]);
    expect([shownOf(row!, null), shownOf(row!, "c"), shownOf(row!, "gone")]).toEqual(["b", "c", "b"]);
    expect(row?.tiles.map(periodWord)).toEqual(["Day", "Month", "Year"]);
  });
});

describe("the sentence at the top", () => {
  const month = result([...compared("revenue", "USD"), ...targets("revenue")], [["1731000.00"], ["1674000.00"], ["0.034"], ["1450000.00"], ["0.19"], ["3280000.00"], ["1800000.00"]]);
  const leads = result(compared("leads").map((column) => ({ ...column, ...(column.compares ? {} : { label: "Leads" }) })), [["2043"], ["2104"], ["-0.089"], ["2000"], ["0.02"]]);
  const document = { dashboard: "d", title: "D", bar: { range: {}, ranges: [], compare: "both" as const, filters: [] }, sections: [{ tiles: [tile("m", "month_to_date"), tile("l", null, 3, "leads")] }] };
  const facts = { revenue: fact("Revenue"), leads: fact("Leads") };

  test("says the month against its plan and the periods before, then what moved", () => {
    const data = [{ tile: "m", query: "main", result: month }, { tile: "l", query: "main", result: leads }].reduce((known, line) => withLine(known, line, 1), NOTHING);
    expect(ledeOf(document, data, facts, "en-US")).toEqual({
      first: "November revenue is $1.73\u202FM, 3.8% behind plan.", detail: "That is 3.4% above 1–17 Oct and 19% above 1–17 Nov 2025.", movers: "Against 1–17 Oct, leads fell 8.9%.",
    });
  });

  test("does not say the metric twice where the period has no name", () => {
    const first = (title: string): string | undefined => {
      const one = { ...document, sections: [{ tiles: [{ ...tile("m", null), title }] }] };
      return ledeOf(one, withLine(NOTHING, { tile: "m", query: "main", result: month }, 1), facts, "en-US")?.first;
    };
    expect([first("Revenue"), first("Europe")]).toEqual(["Revenue is $1.73\u202FM, 3.8% behind plan.", "Europe: revenue is $1.73\u202FM, 3.8% behind plan."]);
  });

  test("says nothing where nothing is known", () => expect(ledeOf(document, NOTHING, facts, "en-US")).toBeNull());
});

test("filters in words", () => {
  expect([filterWords("Region", []), filterWords("Series", []), filterWords("Agency", []), filterWords("Region", ["East", "West"]), filterWords("Region", ["A", "B", "C"])]).toEqual(["All regions", "All series", "All agencies", "East and West", "A and 2 more"]);
  expect(matching(["East", "West", "(none)"], " ES")).toEqual(["West"]);
});

test("the range in words", () => {
  const bar = { range: { preset: "month_to_date" }, ranges: [], compare: "both" as const, filters: [] };
  expect([rangeText(bar, null, ""), rangeText(bar, "last_week", ""), rangeText(bar, "2026-10-01..2026-10-13", TODAY), rangeText(bar, "2019-01-01..2019-04-01", TODAY)]).toEqual(["Month to date", "Last week", "1–12 Oct", "1 Jan–31 Mar 2019"]);
});

test("a range of the document's own is named and picked like one of the address", () => {
  const fixed = (range: object) => ({ range, ranges: [], compare: "none" as const, filters: [] });
  const ranges = [{ from: "2019-01-01", to: "2019-04-01" }, { from: "2019-01-01T00:00:00", to: "2019-01-02T12:00:00" }, { from: "2019-01-01" }, { to: "2019-04-01" }, {}];
  expect(ranges.map((range) => rangeText(fixed(range), null, TODAY))).toEqual(["1 Jan–31 Mar 2019", "1–2 Jan 2019", "From Tue 1 Jan 2019", "Until Sun 31 Mar 2019", "All time"]);
  expect(ranges.map((range) => Object.values(daysOf(range)))).toEqual([["2019-01-01", "2019-03-31"], ["2019-01-01", "2019-01-02"], ["2019-01-01", ""], ["", "2019-03-31"], ["", ""]]);
  expect(addressOf({ first: "2019-01-01", last: "2019-12-31" })).toBe("2019-01-01..2020-01-01");
});

test("the pulse", () => {
  const given = { paused: false, pausedAt: "14:20", cut: false, refused: false, why: "Not connected", clock: "14:32", ago: "4\u202Fs" };
  const said = (part: object): string => Object.values(pulseWords({ ...given, ...part })).slice(1).join("");
  expect(said({})).toBe("Every 10\u202Fs, asked 4\u202Fs ago");
  expect(said({ paused: true })).toBe("Paused by you at 14:20");
  expect(said({ cut: true, refused: true })).toBe("Not answered");
  expect(said({ cut: true })).toBe("Not connected, values of 14:32, trying again");
});

test("the foot", () => {
  const one = (rollup: string | null) => result([{ name: "a" }], [["1"]], { served_by: { cache: "miss", layer: rollup ? "rollup" : "base", rollup, node: "replica-1", lag_ms: 2 } });
  const data = withLine(withLine(withLine(NOTHING, { tile: "a", query: "main", result: one("daily") }, 1), { tile: "b", query: "main", result: one(null) }, 1), { done: true, queries: 2, ms: 38.2 }, 1);
  expect(footerWords(data)).toEqual(["2 questions, 1 request, 38\u202Fms", "Answered from daily, replica-1, 2\u202Fms behind"]);
});
