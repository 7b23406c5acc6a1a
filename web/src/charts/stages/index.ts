import { keyColumns, metricColumns, writeCell } from "../result.ts";
import type { ChartType } from "../types.ts";
import { text } from "../words/all.ts";
import { stagesView } from "./view.ts";

const stages: ChartType = {
  id: "stages",
  label: "Stages",
  minimum: { columns: 5, rows: 4 },
  accepts: (result) => keyColumns(result).length === 1 && metricColumns(result).length > 0,
  defaults: {},
  height: (tile) => (tile.height ?? 5.5) * 40,
  summary: (answers, _, locale) => {
    const { rows } = stagesView(answers, locale);
    return `${rows.map((row) => `${row.label} ${text(writeCell(row.value, locale))}`).join(", ")}.`;
  },
};

export default stages;
