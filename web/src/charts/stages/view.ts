import type { Column, Result } from "@leadline/sdk";
import { cellAt, keyColumns, memberWords, metricColumns, rowKey, labelsOf, totalOf, type Cell } from "../result.ts";
import type { Answers } from "../types.ts";
import { percent } from "../words/all.ts";

export interface StageRow {
  label: string;
  key: string;
  count: Cell | null;
  value: Cell;
  weighted: Cell | null;
  /** The weighted part of the value: the chance to win, `43%`. */
  chance: string;
  width: number;
  filled: number;
}

export interface StagesView {
  rows: StageRow[];
  /** Rows beyond the most that are drawn. */
  hidden: number;
  total: StageRow | null;
  labels: { stage: string; count: string; value: string; weighted: string };
}

interface Roles {
  count: Column | undefined;
  value: Column | undefined;
  weighted: Column | undefined;
}

const MOST = 20;

/** Rows by stage: the count is the metric without a currency, the first amount is the value, the second its weighted part. */
export function stagesView(answers: Answers, locale: string): StagesView {
  const main = answers.main;
  const roles = rolesOf(main);
  const key = keyColumns(main)[0];
  const labels = labelsOf(main, key?.name ?? "").slice(0, MOST);
  const rows = labels.map((label, row) => stageRow(memberWords(label), rowKey(main, row), roles, (name) => cellAt(main, name, row), locale));
  const most = Math.max(...rows.map((row) => row.value.number ?? 0), 0);
  return {
    rows: rows.map((row) => ({ ...row, width: most ? Math.max(0, row.value.number ?? 0) / most : 0 })),
    hidden: Math.max(0, main.rows - MOST),
    total: main.totals ? stageRow("Total", "[]", roles, (name) => totalOf(main, name), locale) : null,
    labels: { stage: key?.label ?? "Stage", count: roles.count?.label ?? "", value: roles.value?.label ?? "", weighted: roles.weighted?.label ?? "" },
  };
}

function rolesOf(main: Result): Roles {
  const metrics = metricColumns(main);
  const amounts = metrics.filter((column) => column.type === "decimal");
  const count = metrics.find((column) => column.type === "integer");
  return { count: amounts.length ? count : undefined, value: amounts[0] ?? count, weighted: amounts[1] };
}

function stageRow(label: string, key: string, roles: Roles, at: (name: string) => Cell, locale: string): StageRow {
  const value = at(roles.value?.name ?? "");
  const weighted = roles.weighted ? at(roles.weighted.name) : null;
  const filled = value.number && weighted?.number ? weighted.number / value.number : 0;
  return { label, key, value, weighted, count: roles.count ? at(roles.count.name) : null, chance: filled ? percent(filled, locale) : "–", width: 0, filled };
}
