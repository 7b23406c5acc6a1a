import { columnOf, metricColumns } from "../result.ts";
import type { ChartType } from "../types.ts";
import { bucketWords, text, write } from "../words/all.ts";
import { highest, seriesView } from "./view.ts";

const series: ChartType = {
  id: "series",
  label: "Series",
  minimum: { columns: 4, rows: 5 },
  accepts: (result) => columnOf(result, "time") !== undefined && metricColumns(result).length > 0,
  defaults: {},
  height: (tile) => (tile.height ?? 7) * 40,
  summary: (answers, _, locale) => {
    const view = seriesView(answers);
    const top = highest(view.values);
    const best = view.buckets[top];
    if (!best) return `${view.label}: no values.`;
    const most = text(write(view.values[top] ?? null, view.unit, locale));
    return `${view.label} over ${view.buckets.length} buckets, highest ${most} on ${bucketWords(best.time, view.grain)}.`;
  },
};

export default series;
