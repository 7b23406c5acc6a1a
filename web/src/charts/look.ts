/** The colours and the font that a drawing uses, as plain values: a chart reads no style sheet. */
export interface Look {
  font: string;
  ink1: string;
  ink2: string;
  ink3: string;
  surface: string;
  grid: string;
  axis: string;
  compare: string;
  target: string;
  c1: string;
}

const NAMES: Record<keyof Look, string> = {
  font: "--font-sans", ink1: "--ink-1", ink2: "--ink-2", ink3: "--ink-3", surface: "--surface",
  grid: "--grid", axis: "--axis", compare: "--compare", target: "--target", c1: "--c1",
};

/** The look of the present theme, from the page's tokens. */
export function lookOf(style: CSSStyleDeclaration): Look {
  return Object.fromEntries(Object.entries(NAMES).map(([name, token]) => [name, style.getPropertyValue(token).trim()])) as unknown as Look;
}
