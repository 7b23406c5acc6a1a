/** The types here and the published description of the API name the same fields; the compiler holds the lists to the types. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import type {
  BarDocument, BarFilter, Column, DashboardAnswer, DashboardDocument, DashboardSummary, DataRequest, MetricFacts, PartState, Problem, ProductFacts, Query, Readiness, Result,
  SectionDocument, ServedBy, Session, Subtotals, TileDocument, ViewerFacts,
} from "../src/index.ts";

interface Schema {
  properties?: Record<string, Schema>;
  items?: Schema;
  additionalProperties?: Schema;
}

const schemas = (JSON.parse(readFileSync(join(import.meta.dirname, "../../../schemas/openapi.json"), "utf8")) as { components: { schemas: Record<string, Schema> } }).components.schemas;

/** All fields of T, each said once. */
const fields = <T>(all: Record<keyof Required<T>, true>): string[] => Object.keys(all).sort();
const schema = (name: string): Schema => schemas[name] ?? {};

const PAIRS: [string, Schema, string[]][] = [
  ["Error", schema("Error"), fields<Problem>({ code: true, why: true, fix: true, at: true })],
  ["Column", schema("Column"), fields<Column>({ name: true, field: true, type: true, label: true, unit: true, scale: true, grain: true, time: true, compares: true, to: true, as: true, range: true })],
  ["ServedBy", schema("ServedBy"), fields<ServedBy>({ cache: true, layer: true, rollup: true, node: true, lag_ms: true })],
  ["Result", schema("Result"), fields<Result>({ columns: true, data: true, rows: true, totals: true, subtotals: true, now: true, as_of: true, range: true, partial_rows: true, immature_rows: true, other_rows: true, served_by: true, rejected: true, rules: true, truncated: true, key: true, data_version: true, ms: true })],
  ["Subtotals", schema("Subtotals"), fields<Subtotals>({ by: true, columns: true, data: true })],
  ["Viewer", schema("Viewer"), fields<ViewerFacts>({ org: true, email: true, role: true, name: true, locale: true, zone: true })],
  ["Product", schema("Product"), fields<ProductFacts>({ company: true, currency: true, zone: true, week_start: true, as_of: true, version: true })],
  ["Session", schema("Session"), fields<Session>({ viewer: true, product: true })],
  ["Query", schema("Query"), [...fields<Query>({ metrics: true, dimensions: true, time: true, filters: true, compare: true, having: true, sort: true, totals: true, limit: true, offset: true, as_of: true }), "have", "top"].sort()],
  ["DataRequest", schema("DataRequest"), fields<DataRequest>({ range: true, compare: true, filters: true, tiles: true, only: true })],
  ["Metric", schema("Metric"), fields<MetricFacts>({ name: true, label: true, about: true, unit: true, good: true, kind: true, time: true, definition: true })],
  ["Dashboards", schema("Dashboards").properties?.["dashboards"]?.items ?? {}, fields<DashboardSummary>({ id: true, title: true, about: true, home: true })],
  ["DashboardAnswer", schema("DashboardAnswer"), fields<DashboardAnswer>({ dashboard: true, metrics: true, key: true })],
  ["Document", schema("Document"), fields<DashboardDocument>({ dashboard: true, title: true, home: true, about: true, bar: true, sections: true })],
  ["Section", schema("Section"), fields<SectionDocument>({ title: true, about: true, tiles: true })],
  ["Tile", schema("Tile"), fields<TileDocument>({ id: true, type: true, title: true, about: true, width: true, height: true, compare: true, filter: true, queries: true, switch: true, options: true })],
  ["Bar", schema("Bar"), fields<BarDocument>({ range: true, ranges: true, compare: true, filters: true })],
  ["BarFilter", schema("BarFilter"), fields<BarFilter>({ field: true, label: true, metric: true })],
  ["Ready", schema("Ready"), fields<Readiness>({ ready: true, parts: true })],
  ["a part of Ready", schema("Ready").properties?.["parts"]?.additionalProperties ?? {}, fields<PartState>({ state: true, needed: true, why: true, code: true, fix: true })],
];

test.each(PAIRS)("%s", (_, described, known) => expect(Object.keys(described.properties ?? {}).sort()).toEqual(known));
