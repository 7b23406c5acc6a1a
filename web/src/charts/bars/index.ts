import { keyColumns, metricColumns, writeCell } from "../result.ts";
import type { ChartType } from "../types.ts";
import { text } from "../words/all.ts";
import { barsView } from "./view.ts";

const bars: ChartType = {
  id: "bars",
  label: "Bars",
  minimum: { columns: 3, rows: 3 },
  accepts: (result) => keyColumns(result).length === 1 && metricColumns(result).length > 0,
  defaults: {},
  height: (tile) => (tile.height ?? 4) * 40,
  summary: (answers, facts, locale) => {
    const { rows, hidden } = barsView(answers, facts, locale);
    const said = rows.slice(0, 5).map((row) => `${row.label} ${text(writeCell(row.cell, locale))}`);
    return rows.length ? `${said.join(", ")}${rows.length > 5 ? `, and ${rows.length - 5 + hidden} more` : ""}.` : "No values.";
  },
};

export default bars;
