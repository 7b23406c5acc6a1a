/** Shapes of small drawings: pure numbers in, SVG geometry out. */

/** A linear scale; a domain of no width maps to the range's start. */
export function scale(from: number, to: number, start: number, end: number): (value: number) => number {
  const width = to - from;
  return (value) => (width === 0 ? start : start + ((value - from) / width) * (end - start));
}

export interface Point {
  x: number;
  y: number;
}

/** A path through points, in pieces where one is missing. */
export function path(points: readonly (Point | null)[]): string {
  let pen = "M";
  return points
    .map((point) => {
      if (!point) {
        pen = "M";
        return "";
      }
      const step = `${pen}${point.x.toFixed(1)} ${point.y.toFixed(1)}`;
      pen = "L";
      return step;
    })
    .join("");
}

export interface Bar {
  x: number;
  y: number;
  width: number;
  height: number;
  partial: boolean;
}

/** Bars from zero across a box; the partial one is the last, if any. */
export function sparkBars(values: readonly (number | null)[], width: number, height: number, partial: boolean): Bar[] {
  const top = Math.max(...values.map((value) => value ?? 0), 0);
  const gap = values.length > 20 ? 1 : 2;
  const each = Math.min(14, (width - gap * (values.length - 1)) / Math.max(1, values.length));
  const left = width - values.length * (each + gap) + gap;
  return values.map((value, at) => {
    const size = value !== null && value > 0 ? Math.max(1, (value / top) * (height - 1)) : 0;
    return { x: left + at * (each + gap), y: height - size, width: each, height: size, partial: partial && at === values.length - 1 };
  });
}

export interface SparkLine {
  solid: string;
  open: string;
  end: Point | null;
}

/** A line over its own extent; where the last bucket is partial its last step is drawn dashed. */
export function sparkLine(values: readonly (number | null)[], width: number, height: number, partial: boolean): SparkLine {
  const known = values.filter((value): value is number => value !== null);
  const y = scale(Math.min(...known), Math.max(...known), height - 4, 4);
  const x = scale(0, Math.max(1, values.length - 1), 3, width - 4);
  const points = values.map((value, at) => (value === null ? null : { x: x(at), y: y(value) }));
  const cut = partial ? points.length - 1 : points.length;
  return { solid: path(points.slice(0, cut)), open: partial ? path(points.slice(-2)) : "", end: points.at(-1) ?? null };
}
