/** `RH` for Ruth Halloran; of an e-mail the first letter. */
export function initials(name: string): string {
  const words = name.split("@")[0]?.split(/[\s._-]+/).filter(Boolean) ?? [];
  return [words[0], words.length > 1 ? words.at(-1) : undefined].map((word) => word?.charAt(0).toUpperCase() ?? "").join("");
}
