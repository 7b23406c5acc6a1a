import type { DashboardDocument } from "@leadline/sdk";
import { describe, expect, test } from "vitest";
import { rangeOf, readState, requestOf, toggled, writeState } from "../../src/dashboard/viewState.ts";

const document: DashboardDocument = {
  dashboard: "d", title: "D",
  bar: { range: { preset: "month_to_date" }, ranges: ["month_to_date"], compare: "both", filters: [{ field: "rep.region", label: "Region", metric: "leads" }] },
  sections: [{ tiles: [{ id: "series", type: "series", title: "S", width: 12, queries: { main: { metrics: ["revenue"] } }, switch: { grain: ["day", "week"] } }] }],
};
const query = { range: "quarter_to_date", compare: "previous_year", "f.rep.region": "East,West", "grain.series": "week", table: "a,b", show: "m" };

describe("the address", () => {
  test("holds the whole state, there and back", () => {
    const state = readState(query);
    expect(state).toEqual({ range: "quarter_to_date", compare: "previous_year", filters: { "rep.region": ["East", "West"] }, grains: { series: "week" }, tables: ["a", "b"], show: "m" });
    expect(writeState(state)).toEqual(query);
  });

  test("keeps commas and backslashes of values", () => {
    const state = { ...readState({}), filters: { f: ["a,b", "c\\", "d"] } };
    expect(readState(writeState(state) as Record<string, string>).filters).toEqual(state.filters);
  });

  test("leaves alone what it does not know", () => {
    expect(readState({ compare: "sideways", other: "1", "f.x": "" })).toEqual({ range: null, compare: null, filters: {}, grains: {}, tables: [], show: null });
  });
});

describe("the question", () => {
  test("is the document's where the address says nothing", () => {
    expect(requestOf(readState({}), document)).toEqual({ range: { preset: "month_to_date" }, compare: "both" });
  });

  test("takes range, comparison, known filters and offered grains from the address", () => {
    expect(requestOf(readState({ ...query, "f.unknown": "x", "grain.other": "day" }), document)).toEqual({
      range: { preset: "quarter_to_date" }, compare: "previous_year", filters: [{ field: "rep.region", op: "in", values: ["East", "West"] }], tiles: { series: { grain: "week" } },
    });
    expect(requestOf(readState({ "grain.series": "century" }), document).tiles).toBeUndefined();
  });

  test("chosen days are the contract's: the end is not part of them", () => {
    expect(rangeOf(readState({ range: "2026-10-01..2027-01-01" }), document.bar)).toEqual({ from: "2026-10-01", to: "2027-01-01" });
  });
});

test("toggling", () => expect([toggled(["a"], "b"), toggled(["a", "b"], "a")]).toEqual([["a", "b"], ["b"]]));
