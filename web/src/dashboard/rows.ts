/** How tiles fill a sheet: row by row, each tile as wide as its document says, a row always filled. */
import type { TileDocument } from "@leadline/sdk";

export interface Row {
  tiles: TileDocument[];
  /** CSS columns of the row. */
  columns: string;
  /** Several periods of one metric: a phone shows one of them at a time. */
  periods: boolean;
  numbers: boolean;
}

/** Rows of at most twelve columns. */
export function rowsOf(tiles: readonly TileDocument[]): Row[] {
  const rows: TileDocument[][] = [];
  let room = 0;
  for (const tile of tiles) {
    if (tile.width > room) {
      rows.push([]);
      room = 12;
    }
    rows.at(-1)?.push(tile);
    room -= tile.width;
  }
  return rows.map(rowOf);
}

function rowOf(tiles: TileDocument[]): Row {
  const numbers = tiles.every((tile) => tile.type === "number");
  const width = (tile: TileDocument): string => `minmax(0, ${numbers ? 1 : tile.width}fr)`;
  return { tiles, numbers, columns: tiles.map(width).join(" "), periods: numbers && arePeriods(tiles) };
}

function arePeriods(tiles: readonly TileDocument[]): boolean {
  const metrics = new Set(tiles.map((tile) => tile.queries.main.metrics[0]));
  return tiles.length > 2 && metrics.size === 1 && tiles.every((tile) => presetOf(tile) !== null);
}

/** The preset of a tile's own range. */
export function presetOf(tile: TileDocument): string | null {
  const range = tile.queries.main.time?.range;
  return range && "preset" in range ? range.preset : null;
}

const SHORT: Record<string, string> = { today: "Day", day: "Day", week: "Week", month: "Month", quarter: "Quarter", year: "Year", all: "All" };

/** One word for the period of a tile, for the switch on a phone. */
export function periodWord(tile: TileDocument): string {
  const preset = presetOf(tile) ?? "";
  return SHORT[preset] ?? SHORT[/^(\w+?)_to_date$/.exec(preset)?.[1] ?? ""] ?? SHORT[/^this_(\w+)$/.exec(preset)?.[1] ?? ""] ?? tile.title;
}

/** The tile of a group of periods that is shown where there is room for one: the chosen one, else the month. */
export function shownOf(row: Row, chosen: string | null): string | undefined {
  const found = row.tiles.find((tile) => tile.id === chosen) ?? row.tiles.find((tile) => presetOf(tile) === "month_to_date") ?? row.tiles[0];
  return found?.id;
}
