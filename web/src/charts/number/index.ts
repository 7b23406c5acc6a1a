import { metricColumns, writeCell } from "../result.ts";
import type { ChartType } from "../types.ts";
import { text } from "../words/all.ts";
import { numberView } from "./view.ts";

const number: ChartType = {
  id: "number",
  label: "Number",
  minimum: { columns: 2, rows: 3 },
  accepts: (result) => result.rows === 1 && metricColumns(result).length > 0,
  defaults: { spark: "line" },
  height: (tile, comparisons) => {
    const targets = (tile.queries.main.compare ?? []).some((compare) => compare.to === "target");
    return 40 + comparisons * 18 + (targets ? 48 : 0);
  },
  summary: (answers, facts, locale) => {
    const view = numberView(answers, facts, locale);
    const changes = view.comparisons.map((line) => `${line.change.spoken} ${line.words}${line.cut}`);
    return [text(writeCell(view.value, locale)), ...changes, ...(view.plan ? [view.plan.label] : [])].join(", ");
  },
};

export default number;
