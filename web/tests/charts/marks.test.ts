import { expect, test } from "vitest";
import { changedDigits } from "../../src/charts/marks/digits.ts";
import { path, scale, sparkBars, sparkLine } from "../../src/charts/marks/shapes.ts";

test("only changed digits fade, counted from the right", () => {
  expect(changedDigits("$1.73", "$1.74").map((digit) => digit.was)).toEqual([null, null, null, null, "3"]);
  expect(changedDigits("999", "1,000").map((digit) => digit.was)).toEqual(["", "", "9", "9", "9"]);
  expect(changedDigits("105", "95").map((digit) => digit.was)).toEqual(["0", null]);
});

test("bars start at zero and stay in their box", () => {
  const bars = sparkBars([0, 5, null, 10, -3], 84, 28, true);
  expect(bars.map((bar) => bar.height > 0)).toEqual([false, true, false, true, false]);
  expect(bars.every((bar) => bar.x >= 0 && bar.x + bar.width <= 84.01 && bar.y + bar.height <= 28.01)).toBe(true);
  expect(bars.map((bar) => bar.partial)).toEqual([false, false, false, false, true]);
});

test("a line is broken where a value is missing, its open end is dashed", () => {
  expect(path([{ x: 0, y: 0 }, null, { x: 2, y: 1 }, { x: 3, y: 1 }])).toBe("M0.0 0.0M2.0 1.0L3.0 1.0");
  const line = sparkLine([1, 2, 3], 84, 28, true);
  expect([line.solid.split("L").length, line.open.split("L").length]).toEqual([2, 2]);
  expect(sparkLine([null, null], 84, 28, false).solid).toBe("");
});

test("a scale of no width is a point", () => expect([scale(5, 5, 0, 10)(5), scale(0, 10, 0, 100)(5)]).toEqual([0, 50]));
