/** Floors of the page: pages -> screens -> tiles -> charts; only queries reach the server, through the SDK. */
import { readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { expect, test } from "vitest";

const src = resolve(import.meta.dirname, "../src");
const FLOORS: string[][] = [["charts", "components", "stores", "queries"], ["tiles"], ["dashboard", "signin", "status", "shell"], ["pages"], ["."]];
const CHARTS_MAY = /^(vue|echarts|echarts\/\w+|@leadline\/sdk)$/;

function files(folder: string): string[] {
  return readdirSync(folder).flatMap((name) => (statSync(join(folder, name)).isDirectory() ? files(join(folder, name)) : [join(folder, name)]));
}

const all = files(src).filter((path) => /\.(ts|vue)$/.test(path));
const imports = (path: string): string[] => [...readFileSync(path, "utf8").matchAll(/(?:from|import)\s*\(?"([^"]+)"/g)].map((found) => found[1] as string);
const folderOf = (path: string): string => (relative(src, path).includes("/") ? (relative(src, path).split("/")[0] as string) : ".");
const floorOf = (folder: string): number => FLOORS.findIndex((floor) => floor.includes(folder));

test("a file imports only lower floors and its own folder; of the lowest floor, tiles and screens use what they need", () => {
  const wrong = all.flatMap((path) => imports(path).filter((name) => name.startsWith(".") && !name.endsWith(".css")).flatMap((name) => {
    const [from, to] = [folderOf(path), folderOf(resolve(dirname(path), name))];
    return from === to || floorOf(to) < floorOf(from) ? [] : [`${relative(src, path)} -> ${name}`];
  }));
  expect(wrong).toEqual([]);
});

test("charts know types, their drawing library and themselves", () => {
  const outside = all.filter((path) => folderOf(path) === "charts").flatMap((path) => imports(path).filter((name) => !name.startsWith(".") && !CHARTS_MAY.test(name)).map((name) => `${relative(src, path)} -> ${name}`));
  expect(outside).toEqual([]);
});

test("only queries talk to the server", () => {
  const talking = all.filter((path) => /\bfetch\(|XMLHttpRequest|new LeadlineClient/.test(readFileSync(path, "utf8"))).map((path) => relative(src, path));
  expect(talking).toEqual(["queries/client.ts"]);
});

test("files stay short", () => {
  expect(all.filter((path) => readFileSync(path, "utf8").split("\n").length > 250).map((path) => relative(src, path))).toEqual([]);
});
