import type { PartState } from "@leadline/sdk";

const NAMES: Record<string, string> = { state: "Own database", source: "Source database", redis: "Cache" };

/** The name of a part in words: `Change capture` for `change_capture`. */
export function partName(name: string): string {
  return NAMES[name] ?? sentence(name.replaceAll(/[_-]/g, " "));
}

/** Whether a part is good, missing though the product goes on without it, or needed and down. */
export function verdict(part: PartState): "good" | "warn" | "bad" {
  if (part.state === "ok") return "good";
  return part.needed ? "bad" : "warn";
}

/** What a part says of itself: its note or its cause, and what to do. */
export function detail(part: PartState): string {
  const without = part.state === "down" && !part.needed ? "The product goes on without it." : "";
  return [sentence(part.why), part.fix ?? "", without].filter(Boolean).join(" ");
}

function sentence(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
