/** All chart types, found by folder. */
import type { Component } from "vue";
import type { ChartType, ViewProps } from "./types.ts";

const definitions = import.meta.glob<{ default: ChartType }>("./*/index.ts", { eager: true });
const views = import.meta.glob<{ default: Component<ViewProps> }>("./*/View.vue", { eager: true });

export const chartTypes: ReadonlyMap<string, ChartType> = new Map(
  Object.values(definitions).map((module) => [module.default.id, module.default]),
);

/** The component that draws a type, or undefined where there is no such type. */
export function viewOf(type: string): Component<ViewProps> | undefined {
  return views[`./${type}/View.vue`]?.default;
}
