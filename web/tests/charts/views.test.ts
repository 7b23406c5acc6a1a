import { describe, expect, test } from "vitest";
import { barsView } from "../../src/charts/bars/view.ts";
import { flowShape } from "../../src/charts/flow/shape.ts";
import { flowView } from "../../src/charts/flow/view.ts";
import { numberView } from "../../src/charts/number/view.ts";
import { rankingView } from "../../src/charts/ranking/view.ts";
import { stagesView } from "../../src/charts/stages/view.ts";
import { tableView } from "../../src/charts/table/view.ts";
import { writeCell } from "../../src/charts/result.ts";
import { text } from "../../src/charts/words/all.ts";
import { compared, fact, result, targets } from "../support/results.ts";

const facts = { revenue: fact("Revenue"), win_rate: fact("Win rate") };

describe("number", () => {
  const main = result([...compared("revenue", "USD"), ...targets("revenue")], [["1731000.00"], ["1674000.00"], ["0.0340000000"], ["1450000.00"], ["0.1937931034"], ["3280000.00"], ["1800000.0000000000"]]);

  test("value, comparisons in words, plan and what is due", () => {
    const view = numberView({ main }, facts, "en-US");
    expect(view.value).toMatchObject({ metric: "revenue", raw: "1731000.00", key: "[]" });
    expect(view.comparisons.map((line) => [line.change.text, line.words, line.cut])).toEqual([["↑ 3.4%", "vs 1–17 Oct", ", to 14:32"], ["↑ 19%", "vs 1–17 Nov 2025", ""]]);
    expect(view.comparisons[0]?.cell).toMatchObject({ metric: "revenue:previous_period:percent", raw: "0.0340000000" });
    expect(view.plan).toMatchObject({ share: "53%", dueShare: "55%" });
  });

  test("a plan of nothing is no plan", () => {
    const none = result([{ name: "revenue" }, ...targets("revenue")], [["1.00"], [null], ["0.0000000000"]]);
    expect(numberView({ main: none }, facts, "en-US").plan).toBeNull();
  });

  test("shares change by points, which no cell of the Result says", () => {
    const rate = result(compared("win_rate", "percent"), [["0.6420000000"], ["0.6000000000"], ["0.0700000000"], [null], [null]]);
    const [first, second] = numberView({ main: rate }, facts, "en-US").comparisons;
    expect(first).toMatchObject({ change: { text: "↑ 4.2\u202Fpp" }, said: null });
    expect(second?.change.text).toBe("–");
  });

  test("many points are thinned to a shape", () => {
    const days = [...Array(300).keys()].map((day) => `2026-01-01T00:00:0${day % 10}-06:00`);
    const spark = result([{ name: "time", type: "time" }, { name: "revenue" }], [days, days.map((_, day) => String(day))]);
    expect(numberView({ main, spark }, facts, "en-US").spark?.values).toHaveLength(60);
  });
});

describe("flow", () => {
  const steps = result([{ name: "leads", label: "Leads", type: "integer" }, { name: "booked", label: "Appointments", type: "integer" }, { name: "sales", label: "Sales", type: "integer" }], [[3838], [1822], [2000]]);

  test("each step against the one before; more than before is not fewer", () => {
    const view = flowView({ main: steps }, {}, "en-US");
    expect(view.steps.map((step) => [step.share, step.fewer])).toEqual([["", 0], ["47.5% of leads", 2016], ["110% of appointments", 0]]);
  });

  test("the drawing keeps its box", () => {
    const shape = flowShape(flowView({ main: steps }, {}, "en-US").steps, 900, 200, 150);
    expect(shape.blocks.every((block) => block.x >= 0 && block.y + block.height <= shape.height)).toBe(true);
    expect(shape.stubs[1]?.y).toBeGreaterThan((shape.blocks[1]?.y ?? 0) + (shape.blocks[1]?.height ?? 0));
  });

  test("a rate by a field, with the part and the whole", () => {
    const by = result([{ name: "source", type: "text" }, { name: "conversion", label: "Lead to sale", unit: "percent" }, { name: "leads", type: "integer" }, { name: "sales", type: "integer" }], [["web", null], ["0.0900000000", null], [100, 0], [9, 0]]);
    const parts = flowView({ main: steps, by }, {}, "en-US").parts;
    expect(parts?.title).toBe("Lead to sale by source");
    expect(parts?.rows.map((row) => [row.label, row.width, row.of?.whole.raw])).toEqual([["Web", 1, 100], ["(none)", 0, 0]]);
  });
});

describe("ranking", () => {
  const names = ["Ann", "Bob", "Cy", "Dee"];
  const main = result([{ name: "rep.name", type: "text", label: "Name" }, ...compared("revenue", "USD"), ...targets("revenue")],
    [names, ["300.00", "200.00", "200.00", "0.00"], ["100.00", "250.00", "0.00", "50.00"], ["2.0", "-0.2", null, "-1.0"], [null, null, null, null], [null, null, null, null], ["250.00", "1000.00", null, "500.00"], ["100.00", "500.00", null, "250.00"]],
    { totals: { revenue: "700.00" } });
  const more = result([{ name: "rep.name", type: "text" }, { name: "rep.region", type: "text", label: "Region" }, { name: "sales", type: "integer" }], [["Bob", "Ann"], ["West", "East"], [2, 3]], { totals: { sales: 5 } });

  test("equal values share a rank; places before only where there was something", () => {
    const { rows, hasMove } = rankingView({ main }, facts, "en-US");
    expect(rows.map((row) => [row.rank, row.move])).toEqual([[1, 1], [2, -1], [2, null], [4, -1]]);
    expect(hasMove).toBe(true);
  });

  test("without an order before there are no moves", () => {
    const before = (values: string[]) => rankingView({ main: { ...main, data: main.data.map((column, at) => (at === 2 ? values : column)) } }, facts, "en-US");
    expect([before(["0.00", "0.00", "0.00", "0.00"]).hasMove, before(["5.00", "0.00", "5.00", "0.00"]).hasMove]).toEqual([false, false]);
  });

  test("quota, behind what is due, no quota; the bars' end is bounded", () => {
    const { rows, most } = rankingView({ main }, facts, "en-US");
    expect(rows.map((row) => row.quota && [row.quota.share, row.quota.behind])).toEqual([["120%", false], ["20%", true], null, ["0%", true]]);
    expect(most).toBeCloseTo(1.2);
  });

  test("further columns are joined by name and keep their own key", () => {
    const { rows, total } = rankingView({ main, more }, facts, "en-US");
    expect(rows[0]).toMatchObject({ texts: ["East"], more: [{ raw: 3, key: '["Ann","East"]' }] });
    expect(rows[2]?.more[0]).toMatchObject({ raw: null });
    expect(total).toMatchObject({ name: "All 4", key: "[]", value: { raw: "700.00" }, more: [{ raw: 5 }] });
  });
});

test("stages: count, value and weighted part by their types", () => {
  const main = result([{ name: "deals.stage", type: "text", label: "Stage" }, { name: "open", type: "integer", label: "Open" }, { name: "value", unit: "USD" }, { name: "weighted", unit: "USD" }], [["new", "won"], [4, 1], ["400.00", "0.00"], ["100.00", "0.00"]], { totals: { open: 5, value: "400.00", weighted: "100.00" } });
  const view = stagesView({ main }, "en-US");
  expect(view.rows.map((row) => [row.label, row.count?.raw, row.width, row.filled, row.chance])).toEqual([["New", 4, 1, 0.25, "25%"], ["Won", 1, 0, 0, "–"]]);
  expect(view.total).toMatchObject({ key: "[]", chance: "25%" });
});

test("bars: negative ones go the other way, the longest list is cut", () => {
  const many = [...Array(20).keys()];
  const main = result([{ name: "region", type: "text" }, { name: "profit", unit: "USD" }], [many.map((n) => `r${n}`), many.map((n) => String(n === 0 ? -50 : n))]);
  const view = barsView({ main }, {}, "en-US");
  expect(view.rows[0]).toMatchObject({ negative: true, start: 0 });
  expect([view.rows.length, view.hidden]).toEqual([14, 6]);
});

test("a table names comparisons by their range and keys its cells by row", () => {
  const main = result([{ name: "time", type: "time", grain: "day", label: "Day" }, ...compared("revenue", "USD"), ...targets("revenue")], [["2026-11-17T00:00:00-06:00"], ["1.00"], ["2.00"], ["-0.5"], [null], [null], ["3.00"], ["1.0"]], { partial_rows: [0], totals: { revenue: "1.00" } });
  const view = tableView(main, facts, "en-US");
  expect(view.heads.map((head) => head.label)).toEqual(["Day", "Revenue", "1–17 Oct", "Change vs 1–17 Oct", "1–17 Nov 2025", "Change vs 1–17 Nov 2025", "Plan", "Due by now"]);
  expect(view.rows[0]).toMatchObject({ key: '["2026-11-17T00:00:00-06:00"]', texts: ["Tue 17 Nov 2026"], partial: true });
  expect(view.total?.[0]?.cell).toMatchObject({ raw: "1.00", key: "[]" });
});

test("a table tells no change where there is none to tell", () => {
  const main = result([{ name: "rep.name", type: "text" }, ...compared("revenue", "USD")], [["Ann", "Bob"], ["0.00", "5.00"], ["0.00", "0.00"], [null, null], ["1.00", "5.00"], ["-1.0", "0.0"]]);
  const changes = tableView(main, facts, "en-US").rows.map((row) => row.cells.flatMap((one) => (one.change ? [one.change.text] : [])));
  expect(changes).toEqual([["–", "↓ 100%"], ["new", "→ 0%"]]);
});

test("fiscal and retail buckets are told by their names, in tables and bars", () => {
  const grains: [string, string, string][] = [["fiscal_quarter", "2026-02-01T00:00:00-06:00", "Feb\u2013Apr 2026"], ["retail_month", "2026-11-29T00:00:00-06:00", "Retail December 2026"]];
  for (const [grain, at, name] of grains) {
    const main = { ...result([{ name: "time", type: "time", grain }, { name: "revenue", unit: "USD" }], [[at], ["1.00"]]), groups: 1 };
    expect(tableView(main, {}, "en-US").rows[0]).toMatchObject({ texts: [name], key: JSON.stringify([at]) });
    expect(barsView({ main }, {}, "en-US").rows[0]?.label).toBe(name);
  }
});

test("dates and truths are read as such, as groups and as values", () => {
  const main = result([{ name: "deal.open", type: "boolean" }, { name: "first", type: "date", time: "deal.day" }, { name: "last", type: "time", time: "deal.at" }], [[true, null], ["2019-01-01", null], ["2019-02-03T14:32:00-06:00", null]]);
  const view = tableView(main, {}, "en-US");
  expect(view.rows.map((row) => [row.texts, row.cells.map((one) => text(writeCell(one.cell, "en-US")))])).toEqual([[["Yes"], ["1 Jan 2019", "3 Feb 2019, 14:32"]], [["(none)"], ["–", "–"]]]);
});
