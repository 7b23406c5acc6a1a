/** The name of a part in words: `Change capture` for `change_capture`. */
export function partName(name: string): string {
  const spaced = name.replaceAll(/[_-]/g, " ");
  return spaced.charAt(0).toUpperCase() + spaced.slice(1);
}
