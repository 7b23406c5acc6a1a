import type { ChartType } from "../types.ts";
import { heightOf } from "./layout.ts";

const table: ChartType = {
  id: "table",
  label: "Table",
  minimum: { columns: 3, rows: 3 },
  accepts: () => true,
  defaults: {},
  height: heightOf,
  summary: (answers) => `A table of ${answers.main.rows} rows.`,
};

export default table;
