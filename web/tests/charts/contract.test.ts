// @vitest-environment happy-dom
/** What holds for every chart type, whatever it is given: nothing, one row, missing values, ten thousand rows. */
import { mount } from "@vue/test-utils";
import type { Result, TileDocument } from "@leadline/sdk";
import { expect, test } from "vitest";
import { chartTypes, viewOf } from "../../src/charts/registry.ts";
import { compared, result, targets } from "../support/results.ts";

const tile = (type: string): TileDocument => ({ id: "t", type, title: "A tile", width: 6, queries: { main: { metrics: ["revenue"] } } });
const many = [...Array(10_000).keys()];
const time = { name: "time", type: "time" as const, grain: "day" };
const member = { name: "rep.name", type: "text" as const };
const metrics = [...compared("revenue", "USD"), ...targets("revenue")];
const nulls = (rows: number): null[][] => metrics.map(() => Array<null>(rows).fill(null));
const numbers = (rows: number): string[][] => metrics.map((_, at) => many.slice(0, rows).map((row) => `${(row * 37 + at) % 1000}.25`));
const day = (at: number): string => `${new Date(Date.UTC(2000, 0, 1 + at)).toISOString().slice(0, 19)}-06:00`;

const cases: [string, Result][] = [
  ["one number", result(metrics, numbers(1))],
  ["no number", result(metrics, nulls(1))],
  ["two steps", result([{ name: "leads", type: "integer" }, { name: "sales", type: "integer" }], [[5], [0]])],
  ["no bucket", result([time, ...metrics], [[], ...numbers(0)])],
  ["one bucket", result([time, ...metrics], [[day(0)], ...numbers(1)])],
  ["ten thousand buckets", result([time, ...metrics], [many.map(day), ...numbers(10_000)])],
  ["no member", result([member, ...metrics], [[], ...numbers(0)], { totals: {} })],
  ["missing members and values", result([member, ...metrics], [[null, "(none)"], ...nulls(2)], { totals: { revenue: null } })],
  ["ten thousand members", result([member, ...metrics], [many.map((n) => `m${n}`), ...numbers(10_000)], { totals: { revenue: "1.00" } })],
];

test("every folder with a definition has a view, and says what it is", () => {
  expect([...chartTypes.keys()].sort()).toEqual(["bars", "flow", "number", "ranking", "series", "stages", "table"]);
  for (const [id, type] of chartTypes) {
    expect(viewOf(id), id).toBeDefined();
    expect(type.label).not.toBe("");
    expect(type.minimum.columns).toBeLessThanOrEqual(12);
    expect(type.height(tile(id), 2)).toBeGreaterThan(0);
  }
});

for (const [id, type] of chartTypes) {
  test.each(cases.filter(([, main]) => type.accepts(main)))(`${id} draws %s`, (_, main) => {
    const props = { tile: tile(id), answers: { main }, facts: {}, locale: "en-US" };
    expect(type.summary({ main }, {}, "en-US")).toMatch(/\S/);
    const drawn = mount(viewOf(id)!, { props });
    expect(drawn.html()).not.toMatch(/NaN|undefined|Infinity/);
    for (const mark of drawn.findAll("[data-metric]")) expect(mark.attributes("data-key")).toMatch(/^\[/);
    drawn.unmount();
  });
}

test("a table shows its first rows with the total, and all when asked", async () => {
  const main = result([member, ...metrics], [many.slice(0, 30).map((n) => `m${n}`), ...numbers(30)], { totals: { revenue: "1.00" } });
  const drawn = mount(viewOf("table")!, { props: { tile: tile("table"), answers: { main }, facts: {}, locale: "en-US" } });
  expect([drawn.findAll("tbody tr").length, drawn.findAll("tfoot tr").length]).toEqual([8, 1]);
  await drawn.get("button").trigger("click");
  expect(drawn.findAll("tbody tr").length).toBe(30);
  expect(drawn.get("button").text()).toBe("First 8 only");
});
