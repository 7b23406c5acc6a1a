/** Which characters of a number changed, counted from the right, so that only they fade. */

export interface Digit {
  is: string;
  was: string | null;
}

/** Each character of `now`, with what stood there in `before` where that differs. */
export function changedDigits(before: string, now: string): Digit[] {
  const shift = before.length - now.length;
  return [...now].map((is, at) => {
    const was = before[at + shift] ?? "";
    return { is, was: was === is ? null : was };
  });
}
