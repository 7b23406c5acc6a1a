const known = new Map<string, Intl.NumberFormat>();

/** A number format, made once: making one costs more than using it a hundred times. */
export function numberFormat(locale: string, options: Intl.NumberFormatOptions): Intl.NumberFormat {
  const key = `${locale} ${JSON.stringify(options)}`;
  const found = known.get(key) ?? new Intl.NumberFormat(locale, options);
  known.set(key, found);
  return found;
}
