import type { BarFilter, DashboardSummary, Result } from "@leadline/sdk";
import { useQuery } from "@pinia/colada";
import type { Ref } from "vue";
import { client } from "./client.ts";

export function useDashboards() {
  return useQuery({ key: ["dashboards"], query: ({ signal }) => client.dashboards(signal), staleTime: 60_000 });
}

/** A dashboard's document with what its metrics mean. */
export function useDashboard(id: Readonly<Ref<string | undefined>>) {
  return useQuery({
    key: () => ["dashboard", id.value ?? ""],
    query: ({ signal }) => client.dashboard(id.value ?? "", signal),
    enabled: () => id.value !== undefined,
    staleTime: 60_000,
  });
}

/** The dashboard at `/`: the one that says so, else `executive`, else the first. */
export function homeOf(dashboards: readonly DashboardSummary[]): DashboardSummary | undefined {
  return dashboards.find((one) => one.home) ?? dashboards.find((one) => one.id === "executive") ?? dashboards[0];
}

/** The values that a filter offers: the members of its field, over all time. */
export function useFilterValues(filter: BarFilter, enabled: Readonly<Ref<boolean>>) {
  return useQuery({
    key: ["values", filter.field, filter.metric],
    query: async ({ signal }) => members(await client.query(question(filter), signal), filter.field),
    enabled: () => enabled.value,
    staleTime: 300_000,
  });
}

function question(filter: BarFilter) {
  return { metrics: [filter.metric], dimensions: [{ field: filter.field, all: true }], time: { range: { preset: "all" } } };
}

function members(result: Result, field: string): string[] {
  const at = result.columns.findIndex((column) => column.name === field);
  return (result.data[at] ?? []).map((value) => (value === null ? "(none)" : String(value)));
}
