import { metricColumns } from "../result.ts";
import type { ChartType } from "../types.ts";
import { text, write } from "../words/all.ts";
import { flowView } from "./view.ts";

const flow: ChartType = {
  id: "flow",
  label: "Flow",
  minimum: { columns: 6, rows: 5 },
  accepts: (result) => result.rows === 1 && metricColumns(result).length > 1,
  defaults: {},
  height: (tile) => (tile.height ?? 6) * 40,
  summary: (answers, facts, locale) => {
    const { steps } = flowView(answers, facts, locale);
    const said = steps.map((step) => `${step.label} ${text(write(step.value, step.cell.unit, locale))}${step.share ? ` (${step.share})` : ""}`);
    return `${said.join(", ")}.`;
  },
};

export default flow;
