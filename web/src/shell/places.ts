import type { DashboardSummary } from "@leadline/sdk";

export interface Place {
  to: string;
  text: string;
}

/** Where one can go: the home dashboard, the others, the state of the product. */
export function placesOf(dashboards: readonly DashboardSummary[], home: DashboardSummary | undefined): Place[] {
  const others = dashboards.filter((one) => one.id !== home?.id).map((one) => ({ to: `/dashboards/${one.id}`, text: one.title }));
  return [{ to: "/", text: "Overview" }, ...others, { to: "/status", text: "Status" }];
}
