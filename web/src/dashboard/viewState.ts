/** The state of a view is its address: nothing of it is kept elsewhere. */
import type { BarDocument, CompareChoice, DashboardDocument, DataRequest, Range } from "@leadline/sdk";
import type { LocationQuery, LocationQueryRaw } from "vue-router";

export interface ViewState {
  /** A preset, or `2026-10-01..2026-11-01` as the contract and the command line have it: the end is not part of it; null: the document's. */
  range: string | null;
  compare: CompareChoice | null;
  /** Chosen values by field; a field without values is not there. */
  filters: Readonly<Record<string, readonly string[]>>;
  grains: Readonly<Record<string, string>>;
  /** Tiles that are shown as tables. */
  tables: readonly string[];
  /** The tile of a group of periods that a phone shows. */
  show: string | null;
}

const COMPARES: readonly string[] = ["previous_period", "previous_year", "both", "none"];
const DATES = /^(\d{4}-\d{2}-\d{2}\S*?)\.\.(\d{4}-\d{2}-\d{2}\S*)$/;

/** Reads the state from the address; what it does not know it leaves alone. */
export function readState(query: LocationQuery): ViewState {
  const one = (name: string): string | null => [query[name]].flat()[0] ?? null;
  const under = (prefix: string): [string, string][] =>
    Object.keys(query).filter((name) => name.startsWith(prefix)).map((name) => [name.slice(prefix.length), one(name) ?? ""]);
  const compare = one("compare");
  return {
    range: one("range"),
    compare: compare && COMPARES.includes(compare) ? (compare as CompareChoice) : null,
    filters: Object.fromEntries(under("f.").map(([field, text]) => [field, split(text)] as const).filter(([, values]) => values.length > 0)),
    grains: Object.fromEntries(under("grain.").filter(([, grain]) => grain)),
    tables: split(one("table") ?? ""),
    show: one("show"),
  };
}

/** The address of a state, in a fixed order. */
export function writeState(state: ViewState): LocationQueryRaw {
  const query: LocationQueryRaw = {};
  if (state.range) query["range"] = state.range;
  if (state.compare) query["compare"] = state.compare;
  for (const field of Object.keys(state.filters).sort()) if (state.filters[field]?.length) query[`f.${field}`] = join(state.filters[field]);
  for (const tile of Object.keys(state.grains).sort()) query[`grain.${tile}`] = state.grains[tile] ?? "";
  if (state.tables.length) query["table"] = join([...state.tables].sort());
  if (state.show) query["show"] = state.show;
  return query;
}

/** Values are parted by commas; a comma within one is written `\,`. */
function join(values: readonly string[]): string {
  return values.map((value) => value.replaceAll("\\", "\\\\").replaceAll(",", "\\,")).join(",");
}

function split(text: string): string[] {
  const found = text.match(/(?:\\.|[^,\\])+/g) ?? [];
  return found.map((value) => value.replaceAll(/\\(.)/g, "$1"));
}

/** The range that governs the tiles without one of their own. */
export function rangeOf(state: Pick<ViewState, "range">, bar: BarDocument): Range {
  const dates = DATES.exec(state.range ?? "");
  if (dates) return { from: dates[1] as string, to: dates[2] as string };
  return state.range ? { preset: state.range } : bar.range;
}

/** What the server is asked; it puts bar and tiles together. */
export function requestOf(state: ViewState, document: DashboardDocument): DataRequest {
  const known = document.bar.filters.map((filter) => filter.field);
  const filters = known.filter((field) => state.filters[field]?.length).map((field) => ({ field, op: "in", values: [...(state.filters[field] ?? [])] }));
  const tiles = Object.fromEntries(Object.entries(state.grains).filter(([tile, grain]) => offers(document, tile, grain)).map(([tile, grain]) => [tile, { grain }]));
  return {
    range: rangeOf(state, document.bar),
    compare: state.compare ?? document.bar.compare,
    ...(filters.length ? { filters } : {}),
    ...(Object.keys(tiles).length ? { tiles } : {}),
  };
}

function offers(document: DashboardDocument, id: string, grain: string): boolean {
  return document.sections.some((section) => section.tiles.some((tile) => tile.id === id && tile.switch?.grain?.includes(grain)));
}

/** The list with the item added, or taken out if it was there. */
export function toggled(items: readonly string[], item: string): string[] {
  return items.includes(item) ? items.filter((one) => one !== item) : [...items, item];
}
