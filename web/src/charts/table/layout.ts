/** How many rows stand in a table before all are asked for, and how high that is. */
import type { TileDocument } from "@leadline/sdk";

const ROW = 32;
/** The heads, the total and the way to all rows. */
const REST = 24 + ROW + 36;
const ROWS = 8;

/** The height of the content in px. */
export function heightOf(tile: TileDocument): number {
  return tile.height ? tile.height * 40 : REST + ROWS * ROW;
}

/** As many rows as have room, three at least. */
export function rowsIn(tile: TileDocument): number {
  return Math.max(3, Math.floor((heightOf(tile) - REST) / ROW));
}
