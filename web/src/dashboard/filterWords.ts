/** A filter in words. */

/** `All regions`, `East`, `East and West`, `East and 2 more`. */
export function filterWords(label: string, chosen: readonly string[]): string {
  if (chosen.length === 0) return `All ${plural(label.toLowerCase())}`;
  if (chosen.length <= 2) return chosen.join(" and ");
  return `${chosen[0]} and ${chosen.length - 1} more`;
}

function plural(word: string): string {
  if (/(s|x|ch|sh)$/.test(word)) return word === "series" ? word : `${word}es`;
  return /[^aeiou]y$/.test(word) ? `${word.slice(0, -1)}ies` : `${word}s`;
}

/** The values that hold the text, whatever its case. */
export function matching(values: readonly string[], search: string): string[] {
  const wanted = search.trim().toLowerCase();
  return values.filter((value) => value.toLowerCase().includes(wanted));
}
