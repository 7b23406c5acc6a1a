import { describe, expect, test } from "vitest";
import { ageWords, bucketWords, momentWords, percent, points, presetWords, rangeWords, relative, text, tickWords, whole, write } from "../../src/charts/words/all.ts";

const N = "\u202F";
const M = "\u2212\u2060";
const usd = (value: number, style?: "axis"): string => text(write(value, "USD", "en-US", style));

describe("numbers", () => {
  test.each([
    [1_731_000, `$1.73${N}M`], [692_000, `$692${N}k`], [9_249, `$9.2${N}k`], [9_960, `$10${N}k`], [115_400, `$115${N}k`], [999_600, `$1.00${N}M`],
    [28_240_000, `$28.2${N}M`], [328_000_000, `$328${N}M`], [1_234_000_000, `$1.23${N}B`], [0, "$0"], [820, "$820"], [-36_400, `${M}$36${N}k`],
  ])("%d dollars", (value, said) => expect(usd(value)).toBe(said));

  test("an axis has no trailing zeros", () => {
    expect([usd(0, "axis"), usd(1_000_000, "axis"), usd(250_000, "axis"), usd(2_500_000, "axis")]).toEqual(["0", `$1${N}M`, `$250${N}k`, `$2.5${N}M`]);
  });

  test("the locale places the currency, the unit follows the digits", () => {
    expect(text(write(1_731_000, "EUR", "de-DE"))).toBe(`1,73${N}M\u00A0€`);
  });

  test("counts are whole, shares have one decimal, units are short, missing is a dash", () => {
    expect(text(write(3838, undefined, "en-US"))).toBe("3,838");
    expect(text(write(0.6315, "percent", "en-US"))).toBe("63.2%");
    expect(text(write(51.784, "days", "en-US"))).toBe(`51.8${N}d`);
    expect(text(write(null, "USD", "en-US"))).toBe("–");
  });

  test("a minus stands only before something", () => {
    expect(whole(-0.2, "en-US")).toBe("0");
    expect(percent(-0.5, "en-US")).toBe(`${M}50%`);
  });
});

describe("changes", () => {
  test.each([
    [0.034, "up", "↑ 3.4%", "good"], [-0.056, "up", "↓ 5.6%", "bad"], [0.12, "down", "↑ 12%", "bad"], [0.0996, "up", "↑ 10%", "good"],
    [-0.12, null, "↓ 12%", "none"], [0.0001, "up", "→ 0%", "none"],
  ] as const)("%d, good is %s", (part, good, said, verdict) => expect(relative(part, good, "en-US")).toMatchObject({ text: said, verdict }));

  test("something out of nothing: new; nothing before and nothing now, no value now, or nothing known: a dash", () => {
    expect(relative(null, "up", "en-US", 5).text).toBe("new");
    expect(relative(null, "up", "en-US", 0).text).toBe("–");
    expect(relative(null, "up", "en-US").text).toBe("–");
    expect(relative(null, "up", "en-US", null).text).toBe("–");
  });

  test("shares differ by points", () => {
    expect(points(0.0123, "up", "en-US")).toMatchObject({ text: `↑ 1.2${N}pp`, verdict: "good", spoken: `up 1.2${N}pp` });
    expect(points(-0.0002, "up", "en-US").verdict).toBe("none");
  });
});

describe("ranges", () => {
  const now = "2026-11-17T14:33:00-06:00";
  test.each([
    ["2026-11-10T00:00:00-06:00", "2026-11-10T14:32:00-06:00", "Tue 10 Nov, to 14:32"],
    ["2026-10-01T00:00:00-05:00", "2026-10-17T14:32:00-05:00", "1–17 Oct, to 14:32"],
    ["2026-10-01T00:00:00-05:00", "2026-11-01T00:00:00-05:00", "October"],
    ["2025-11-01T00:00:00-05:00", "2025-11-17T14:32:00-06:00", "1–17 Nov 2025"],
    ["2025-01-01T00:00:00-06:00", "2026-01-01T00:00:00-06:00", "2025"],
    ["2026-07-01T00:00:00-05:00", "2026-08-17T14:32:00-05:00", "1 Jul–17 Aug"],
    ["2026-09-28T00:00:00-05:00", "2026-10-05T00:00:00-05:00", "28 Sep–4 Oct"],
    ["2025-12-20T00:00:00-06:00", "2026-01-03T00:00:00-06:00", "20 Dec–2 Jan"],
  ])("%s to %s", (from, to, said) => expect(rangeWords({ from, to }, now)).toBe(said));

  test("an open range is all time", () => expect(rangeWords({ from: null, to: null }, now)).toBe("all time"));

  test("buckets and ticks", () => {
    expect(bucketWords("2026-11-17T00:00:00-06:00", "day")).toBe("Tue 17 Nov 2026");
    expect(bucketWords("2026-11-16T00:00:00-06:00", "week")).toBe("Week of 16 Nov 2026");
    expect(bucketWords("2026-10-01T00:00:00-05:00", "quarter")).toBe("Q4 2026");
    expect(bucketWords("2026-09-01T00:00:00-05:00", "month")).toBe("September 2026");
    expect(tickWords("2026-11-01T00:00:00-05:00", null, "day")).toBe("1 Nov");
    expect(tickWords("2026-11-02T00:00:00-06:00", "2026-11-01T00:00:00-05:00", "day")).toBe("2");
    expect(tickWords("2026-01-01T00:00:00-06:00", "2025-12-01T00:00:00-06:00", "month")).toBe("Jan 2026");
  });

  test("fiscal and retail buckets bear their names", () => {
    const named = (text: string, grain: string): string => bucketWords(`${text}T00:00:00-06:00`, grain);
    expect(named("2026-02-01", "fiscal_year")).toBe("Fiscal year Feb 2026\u2013Jan 2027");
    expect(named("2026-01-01", "fiscal_year")).toBe("Fiscal year 2026");
    expect(named("2026-02-01", "fiscal_quarter")).toBe("Feb\u2013Apr 2026");
    expect(named("2026-11-01", "fiscal_quarter")).toBe("Nov 2026\u2013Jan 2027");
    expect(named("2017-01-29", "retail_year")).toBe("Retail year 2017");
    expect(named("2026-02-01", "retail_quarter")).toBe("Retail Q1 2026");
    expect(named("2026-11-01", "retail_quarter")).toBe("Retail Q4 2026");
    expect(named("2026-11-29", "retail_month")).toBe("Retail December 2026");
    expect(named("2027-01-03", "retail_month")).toBe("Retail January 2027");
    expect(named("2026-11-15", "retail_week")).toBe("Retail week of 15 Nov 2026");
  });

  test("fiscal and retail ticks tell a year where it changes", () => {
    const tick = (text: string, before: string | null, grain: string): string => tickWords(text, before, grain);
    expect(tick("2026-02-01", null, "fiscal_year")).toBe("2026/27");
    expect(tick("2026-05-01", "2026-02-01", "fiscal_quarter")).toBe("May\u2013Jul");
    expect(tick("2027-02-01", "2026-11-01", "fiscal_quarter")).toBe("Feb\u2013Apr 2027");
    expect(tick("2026-11-29", "2026-11-01", "retail_month")).toBe("Dec");
    expect(tick("2027-01-03", "2026-11-29", "retail_month")).toBe("Jan 2027");
    expect(tick("2026-05-03", "2026-02-01", "retail_quarter")).toBe("Q2");
    expect(tick("2026-02-01", null, "retail_year")).toBe("2026");
    expect(tick("2026-11-15", "2026-11-08", "retail_week")).toBe("15");
  });

  test("moments, ages, presets", () => {
    expect(momentWords("2026-11-17T14:32:05-06:00", "America/Chicago")).toBe("Tuesday 17 November 2026, 14:32 Chicago time");
    expect([0.4, 4, 31, 250, 7300, 200_000].map(ageWords)).toEqual(["now", `4${N}s`, `31${N}s`, `4${N}min`, `2${N}h`, `2${N}d`]);
    expect(["month_to_date", "last_quarter", "all", "this_week"].map(presetWords)).toEqual(["Month to date", "Last quarter", "All time", "This week"]);
  });
});
