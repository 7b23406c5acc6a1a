/** The name of a part in words: `Change capture` for `change_capture`. */
export function partName(name: string): string {
  return NAMES[name] ?? sentence(name.replaceAll(/[_-]/g, " "));
}

const NAMES: Record<string, string> = { state: "Own database", source: "Source database", redis: "Cache" };

/** The text with its first letter in upper case. */
export function sentence(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
