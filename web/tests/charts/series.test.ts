import { expect, test } from "vitest";
import type { Look } from "../../src/charts/look.ts";
import { apart, axisOf, boxOf, bucketAt, labelled, yOf } from "../../src/charts/series/layout.ts";
import { seriesOption } from "../../src/charts/series/option.ts";
import { tipRows } from "../../src/charts/series/tooltip.ts";
import { highest, seriesView } from "../../src/charts/series/view.ts";
import { compared, fact, result } from "../support/results.ts";

const look: Look = { font: "Inter", ink1: "#111", ink2: "#222", ink3: "#333", surface: "#fff", grid: "#eee", axis: "#ccc", compare: "#888", target: "#000", c1: "#1D5FCB" };
const days = ["2026-11-15T00:00:00-06:00", "2026-11-16T00:00:00-06:00", "2026-11-17T00:00:00-06:00"];
const main = result([{ name: "time", type: "time", grain: "day" }, ...compared("revenue", "USD")],
  [days, ["10.00", "30.00", "5.00"], ["20.00", "15.00", null], ["-0.5", "1.0", null], ["0.00", "1.00", "2.00"], [null, "29.0", "1.5"]], { partial_rows: [0, 2] });

test("only the bucket that holds the present is open; a cut one is just partial", () => {
  expect(seriesView({ main }).buckets.map((bucket) => [bucket.partial, bucket.open])).toEqual([[true, false], [false, false], [true, true]]);
});

test("companions by their ranges; the same range is drawn once", () => {
  expect(seriesView({ main }).companions.map((one) => [one.label, one.kind])).toEqual([["1–17 Oct", "first"], ["1–17 Nov 2025", "second"]]);
  const same = { ...main, columns: main.columns.map((column) => (column.compares ? { ...column, range: { from: "2025-01-01T00:00:00", to: "2025-02-01T00:00:00" } } : column)) };
  expect(seriesView({ main: same }).companions).toHaveLength(1);
});

test("bars up to a hundred buckets, then a line", () => {
  const many = [...Array(101).keys()];
  const long = result([{ name: "time", type: "time", grain: "day" }, { name: "revenue" }], [many.map(() => days[0] as string), many.map(String)]);
  expect([seriesView({ main }).kind, seriesView({ main: long }).kind]).toEqual(["bars", "line"]);
});

test("the highest bucket; none where nothing is known", () => {
  expect([highest([1, null, 3, 2]), highest([null, null]), highest([])]).toEqual([2, -1, -1]);
});

test("the axis starts at zero, covers everything and has few steps", () => {
  const axis = axisOf(seriesView({ main }));
  expect(axis.min).toBe(0);
  expect(axis.max).toBeGreaterThanOrEqual(30);
  expect((axis.max - axis.min) / axis.step).toBeLessThanOrEqual(5);
  const below = axisOf({ ...seriesView({ main }), values: [-12, 30] });
  expect(below.min).toBeLessThanOrEqual(-12);
});

test("x finds its bucket", () => {
  const box = boxOf(seriesView({ main }), 800, 280);
  const right = 800 - box.right;
  expect([box.left - 1, box.left, right - 1, right + 5].map((x) => bucketAt(box, 3, x))).toEqual([-1, 0, 2, -1]);
  expect(yOf(box, { min: 0, max: 10, step: 5 }, 10)).toBe(box.top);
});

test("labels leave each other room", () => {
  const ys = apart([{ y: 50 }, { y: 52 }, { y: 199 }], 16, 0, 200).map((label) => label.y);
  expect(ys[1]! - ys[0]!).toBeGreaterThanOrEqual(16);
  expect(ys.at(-1)).toBeLessThanOrEqual(200);
  expect([0, 1, 2, 3].map(labelled(20, 34))).toEqual([true, false, true, false]);
});

test("the drawing is plain data: nothing of the page is in it", () => {
  const option = seriesOption(seriesView({ main }), look, { width: 800, height: 280 }, "en-US");
  expect(JSON.stringify(option)).not.toContain("var(--");
  const series = option.series as { type: string; data: unknown[] }[];
  expect(series.map((one) => one.type)).toEqual(["bar", "custom", "custom"]);
  expect(series[1]?.data).toHaveLength(2);
});

test("the tooltip says each value and its change", () => {
  const rows = tipRows(main, seriesView({ main }), 1, { revenue: fact("Revenue") }, "en-US");
  expect(rows.map((row) => [row.label, row.cell.raw, row.change?.text ?? null])).toEqual([["Revenue", "30.00", null], ["1–17 Oct", "15.00", "↑ 100%"], ["1–17 Nov 2025", "1.00", "↑ 2,900%"]]);
});

test("an axis of nothing has its zero and no more", () => {
  const none = { ...seriesView({ main: result([{ name: "time", type: "time", grain: "day" }, { name: "revenue", unit: "USD" }], [["2026-11-01T00:00:00-05:00"], ["0.00"]]) }) };
  expect(axisOf(none)).toEqual({ min: 0, max: 1, step: 0 });
});
