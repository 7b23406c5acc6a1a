/** Where things stand in the drawing. We fix the scale ourselves, so that labels and the tooltip know it too. */
import type { SeriesView } from "./view.ts";

export interface Box {
  left: number;
  right: number;
  top: number;
  bottom: number;
  width: number;
  height: number;
}

export interface Axis {
  min: number;
  max: number;
  step: number;
}

/** Room at the right for the names of the lines, from 560 px on: a sample of the line, and its name in letters of about 6 px. */
export function boxOf(view: SeriesView, width: number, height: number): Box {
  const named = view.companions.length > 0 && width >= 560;
  const longest = Math.max(...view.companions.map((one) => one.label.length), 0);
  return { left: width < 480 ? 44 : 52, right: named ? Math.max(132, 30 + Math.ceil(longest * 6.2)) : 8, top: 22, bottom: 24, width, height };
}

/** Whether there is nothing to measure: an axis then has its zero and no more. */
export function isFlat(axis: Axis): boolean {
  return axis.step === 0;
}

/** Two to four whole steps from zero (or below, where values are negative), with the least empty room above. */
export function axisOf(view: SeriesView): Axis {
  const values = [...view.values, ...view.companions.flatMap((one) => one.values)].filter((value): value is number => value !== null);
  const [low, high] = [Math.min(0, ...values), Math.max(0, ...values)];
  if (low === high) return { min: 0, max: 1, step: 0 };
  const ways = [2, 3, 4].map((count) => withStep(low, high, niceStep((high - low) / count)));
  return ways.reduce((best, way) => (way.max - way.min < (best.max - best.min) * 0.98 ? way : best));
}

function withStep(low: number, high: number, step: number): Axis {
  return { min: Math.floor(low / step) * step, max: Math.max(step, Math.ceil(high / step - 1e-9) * step), step };
}

function niceStep(rough: number): number {
  const power = 10 ** Math.floor(Math.log10(rough));
  const unit = [1, 2, 2.5, 5, 10].find((one) => one * power >= rough) ?? 10;
  return unit * power;
}

/** The height of a value in px from the top. */
export function yOf(box: Box, axis: Axis, value: number): number {
  const inner = box.height - box.top - box.bottom;
  return box.top + inner * (1 - (value - axis.min) / (axis.max - axis.min));
}

/** The width of one bucket. */
export function bandOf(box: Box, count: number): number {
  return (box.width - box.left - box.right) / Math.max(1, count);
}

/** Which bucket lies under x, or -1. */
export function bucketAt(box: Box, count: number, x: number): number {
  const at = Math.floor((x - box.left) / bandOf(box, count));
  return x < box.left || at < 0 || at >= count ? -1 : at;
}

/** Which buckets carry a label below: every n-th, as many as have room. */
export function labelled(band: number, room: number): (at: number) => boolean {
  const every = [1, 2, 3, 4, 5, 7, 10, 14, 28].find((n) => n * band >= room) ?? Math.ceil(room / band);
  return (at) => at % every === 0;
}

/** Labels pushed apart so that each has `room` px; the order by y is kept. */
export function apart<T extends { y: number }>(labels: T[], room: number, top: number, bottom: number): T[] {
  const sorted = labels.map((label) => ({ ...label })).sort((a, b) => a.y - b.y);
  sorted.forEach((label, at) => (label.y = Math.max(label.y, at ? (sorted[at - 1] as T).y + room : top)));
  for (let at = sorted.length - 1; at >= 0; at--) {
    const limit = at === sorted.length - 1 ? bottom : (sorted[at + 1] as T).y - room;
    const label = sorted[at] as T;
    label.y = Math.min(label.y, limit);
  }
  return sorted;
}
