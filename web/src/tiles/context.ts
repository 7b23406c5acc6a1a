import { inject, type InjectionKey, type Ref } from "vue";
import type { Facts } from "../charts/types.ts";

/** What every tile of a dashboard shares. */
export interface DashboardContext {
  facts: Readonly<Ref<Facts>>;
  locale: Readonly<Ref<string>>;
  compare: Readonly<Ref<string>>;
  cut: Readonly<Ref<boolean>>;
  paused: Readonly<Ref<boolean>>;
  /** Seconds since an instant of the data, by the clock the product lives by. */
  age: (asOf: string, received: number) => number;
  /** Words of the filters in force, `Region is East`, with the step that takes each away. */
  filters: Readonly<Ref<readonly { words: string; remove: () => void }[]>>;
  retry: () => void;
}

export const dashboardContext: InjectionKey<DashboardContext> = Symbol("dashboard");

/** The context of the dashboard that a tile stands in; a tile stands in one. */
export function useDashboardContext(): DashboardContext {
  const found = inject(dashboardContext);
  if (!found) throw new Error("A tile stands in a dashboard.");
  return found;
}
