/** The drawing of a series for ECharts: pure, so that the page and paper draw the same. */
import type { EChartsOption, CustomSeriesOption, BarSeriesOption, LineSeriesOption } from "echarts";
import type { Look } from "../look.ts";
import { text, tickWords, write } from "../words/all.ts";
import { apart, axisOf, bandOf, boxOf, isFlat, labelled, yOf, type Axis, type Box } from "./layout.ts";
import { highest, type Companion, type SeriesView } from "./view.ts";

export interface Size {
  width: number;
  height: number;
}

/** The option of a series in a box of this size. */
export function seriesOption(view: SeriesView, look: Look, size: Size, locale: string): EChartsOption {
  const box = boxOf(view, size.width, size.height);
  const axis = axisOf(view);
  return {
    animation: false,
    textStyle: { fontFamily: look.font },
    grid: { left: box.left, right: box.right, top: box.top, bottom: box.bottom },
    xAxis: bottomAxis(view, look, box),
    yAxis: leftAxis(view, look, axis, locale),
    series: [main(view, look, box, axis, locale), ...view.companions.map((one) => companion(one, view, look, bandOf(box, view.buckets.length)))],
    graphic: box.right > 100 ? names(view, look, box, axis) : [],
  };
}

const SMALL = { fontSize: 11, lineHeight: 14 };

function bottomAxis(view: SeriesView, look: Look, box: Box): NonNullable<EChartsOption["xAxis"]> {
  const times = view.buckets.map((bucket) => bucket.time);
  const shows = labelled(bandOf(box, times.length), view.grain === "day" && times.length <= 62 ? 34 : 48);
  const shown = times.map((time, at) => ({ time, at })).filter(({ at }) => shows(at));
  const words = new Map(shown.map(({ time, at }, order) => [at, tickWords(time, shown[order - 1]?.time ?? null, view.grain)]));
  return {
    type: "category", data: times, axisTick: { show: false }, axisLine: { lineStyle: { color: look.axis }, onZero: false },
    axisLabel: { ...SMALL, color: look.ink3, margin: 8, interval: 0, formatter: (_: string, at: number) => words.get(at) ?? "" },
  };
}

function leftAxis(view: SeriesView, look: Look, axis: Axis, locale: string): NonNullable<EChartsOption["yAxis"]> {
  return {
    type: "value", min: axis.min, max: axis.max, interval: axis.step || axis.max, axisLine: { show: false }, axisTick: { show: false },
    splitLine: { show: !isFlat(axis), lineStyle: { color: look.grid } },
    axisLabel: { ...SMALL, color: look.ink3, margin: 8, formatter: (value: number) => (isFlat(axis) && value ? "" : text(write(value, view.unit, locale, "axis"))) },
  };
}

function main(view: SeriesView, look: Look, box: Box, axis: Axis, locale: string): BarSeriesOption | LineSeriesOption {
  return view.kind === "bars" ? bars(view, look, box, axis, locale) : line(view, look);
}

function bars(view: SeriesView, look: Look, box: Box, axis: Axis, locale: string): BarSeriesOption {
  const said = labels(view, bandOf(box, view.buckets.length), locale);
  return {
    type: "bar", name: view.metric, barWidth: barWidth(bandOf(box, view.buckets.length)), itemStyle: { color: look.c1, borderRadius: [1.5, 1.5, 0, 0] },
    data: view.values.map((value, at) => ({
      value: value ?? "-",
      ...(view.buckets[at]?.partial ? { itemStyle: { decal: hatch(look), color: `${look.c1}29` } } : {}),
      ...(said.has(at) ? { label: barLabel(said.get(at) ?? "", clearance(view, box, axis, at), look) } : {}),
    })),
    labelLayout: { hideOverlap: true },
    silent: true,
  };
}

/** What stands above the bars: the highest value and the open bucket; every value where there are few and nothing beside them. */
function labels(view: SeriesView, band: number, locale: string): Map<number, string> {
  const few = band >= 64 && view.companions.length === 0;
  const top = highest(view.values);
  const value = (at: number): string => text(write(view.values[at] ?? null, view.unit, locale));
  const shown = view.buckets.map((bucket, at): [number, string] => [at, !bucket.open ? value(at) : few ? `${value(at)} so far` : "so far"]);
  return new Map(shown.filter(([at]) => few || at === top || view.buckets[at]?.open));
}

/** How far above its bar a label must stand so that no stroke runs through it. */
function clearance(view: SeriesView, box: Box, axis: Axis, at: number): number {
  const bar = yOf(box, axis, view.values[at] ?? 0);
  const strokes = view.companions.flatMap((one) => (one.values[at] ? [bar - yOf(box, axis, one.values[at])] : [])).sort((a, b) => a - b);
  return strokes.reduce((room, stroke) => (stroke > room - 4 && stroke < room + 16 ? stroke + 5 : room), 5);
}

function barWidth(band: number): number {
  return Math.max(1, Math.min(44, band > 12 ? band * 0.68 : band - 1));
}

function hatch(look: Look): NonNullable<NonNullable<BarSeriesOption["itemStyle"]>["decal"]> {
  return { symbol: "rect", color: look.c1, dashArrayX: [1, 0], dashArrayY: [2, 3], rotation: -Math.PI / 4, symbolSize: 1 };
}

function barLabel(shown: string, distance: number, look: Look): NonNullable<BarSeriesOption["label"]> {
  return { show: true, position: "top", distance, color: look.ink2, ...SMALL, formatter: shown, textBorderColor: look.surface, textBorderWidth: 3 };
}

function line(view: SeriesView, look: Look): LineSeriesOption {
  return {
    type: "line", name: view.metric, data: view.values.map((value) => value ?? "-"), showSymbol: false, silent: true,
    lineStyle: { color: look.c1, width: 2 }, itemStyle: { color: look.c1 },
  };
}

function companion(one: Companion, view: SeriesView, look: Look, band: number): CustomSeriesOption | LineSeriesOption {
  if (one.kind !== "plan" && view.kind === "bars") return strokes(one, look, band);
  const { color, width, lineDash } = lineOf(one, look);
  const values = one.values.map((value) => value ?? "-");
  return { type: "line", name: one.name, data: values, showSymbol: false, silent: true, lineStyle: { color, width, type: lineDash }, z: 3 };
}

/** Beside a line: the period before dashed, the one before that dotted, the plan a thin line. */
function lineOf(one: Companion, look: Look): { color: string; width: number; lineDash: number[] | "solid" } {
  if (one.kind === "plan") return { color: look.target, width: 1, lineDash: "solid" };
  return { color: look.compare, width: 1.25, lineDash: one.kind === "first" ? [4, 3] : [1, 3] };
}

interface Stroke {
  stroke: string;
  lineWidth: number;
  lineDash?: number[];
}

/** Across bars: the period before in ink, the one before that in dashed grey. */
function strokeOf(one: Companion, look: Look): Stroke {
  if (one.kind === "second") return { stroke: look.compare, lineWidth: 1.5, lineDash: [3, 2] };
  return { stroke: look.ink1, lineWidth: 1.5 };
}

/** A stroke across each bar at the height of the earlier value; nothing where there was nothing. */
function strokes(one: Companion, look: Look, band: number): CustomSeriesOption {
  const half = Math.min(barWidth(band) / 2 + 4, band / 2);
  return {
    type: "custom", name: one.name, silent: true, z: one.kind === "first" ? 4 : 3,
    data: one.values.flatMap((value, at) => (value ? [[at, value]] : [])),
    renderItem: (_, api) => {
      const [x = 0, y = 0] = api.coord([api.value(0), api.value(1)]);
      return { type: "line", shape: { x1: x - half, x2: x + half, y1: y, y2: y }, style: strokeOf(one, look) };
    },
  };
}

/** The names of the earlier periods and the plan, at the right end, each beside its own line. */
function names(view: SeriesView, look: Look, box: Box, axis: Axis): NonNullable<EChartsOption["graphic"]> {
  const labels = view.companions.flatMap((one) => {
    const last = one.values.findLast((value) => value);
    return last ? [{ one, y: yOf(box, axis, last) }] : [];
  });
  const x = box.width - box.right;
  return apart(labels, 16, box.top + 6, box.height - box.bottom - 8).flatMap(({ one, y }) => [
    { type: "line", shape: { x1: x + 6, x2: x + 18, y1: y, y2: y }, style: sample(one, view, look), silent: true },
    { type: "text", x: x + 24, y: y - 6, style: { text: one.label, fill: one.kind === "second" ? look.ink3 : look.ink2, font: `400 11px ${look.font}` }, silent: true },
  ]) as NonNullable<EChartsOption["graphic"]>;
}

/** A short piece of a companion's own line, beside its name. */
function sample(one: Companion, view: SeriesView, look: Look): Stroke {
  if (one.kind !== "plan" && view.kind === "bars") return strokeOf(one, look);
  const { color, width, lineDash } = lineOf(one, look);
  return { stroke: color, lineWidth: width, ...(lineDash === "solid" ? {} : { lineDash }) };
}
