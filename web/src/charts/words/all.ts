/** The words of numbers and times, which charts and all above them share. */
export * from "./bucket.ts";
export * from "./change.ts";
export * from "./number.ts";
export * from "./period.ts";
