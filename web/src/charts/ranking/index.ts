import { keyColumns, metricColumns, writeCell } from "../result.ts";
import type { ChartType } from "../types.ts";
import { text } from "../words/all.ts";
import { rankingView } from "./view.ts";

const ranking: ChartType = {
  id: "ranking",
  label: "Ranking",
  minimum: { columns: 4, rows: 5 },
  accepts: (result) => keyColumns(result).length > 0 && metricColumns(result).length > 0,
  defaults: { show: 12 },
  height: (tile) => (tile.height ? tile.height * 40 : 24 + 33 * 13),
  summary: (answers, facts, locale) => {
    const { rows } = rankingView(answers, facts, locale);
    const first = rows.slice(0, 3).map((row) => `${row.rank}. ${row.name} ${text(writeCell(row.value, locale))}`);
    return `${first.join(", ")}, of ${rows.length}.`;
  },
};

export default ranking;
