/** Rows of results as JSON: what is the same in all of them by its key, then `rows`, one a line, with all digits of their numbers. */
export function rowsJson(rows: readonly object[], about: Readonly<Record<string, string>>): string {
  const head = Object.entries(about).map(
    ([key, value]) => `${JSON.stringify(key)}:${JSON.stringify(value)},`,
  );
  const lines = rows.map((row) => JSON.stringify(row)).join(',\n');
  return `{${head.join('')}"rows":[\n${lines}\n]}\n`;
}
