import type { ChartType } from "../types.ts";

const table: ChartType = {
  id: "table",
  label: "Table",
  minimum: { columns: 3, rows: 3 },
  accepts: () => true,
  defaults: {},
  height: (tile) => (tile.height ?? 7) * 40,
  summary: (answers) => `A table of ${answers.main.rows} rows.`,
};

export default table;
