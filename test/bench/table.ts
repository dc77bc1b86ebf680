/** Lines of a table: the first column to the left, the others to the right, each as wide as it must be. */
export function tableText(heading: readonly string[], rows: readonly (readonly string[])[]): string {
  const all = [heading, ...rows];
  const widths = heading.map((_, column) => Math.max(...all.map((row) => (row[column] ?? '').length)));
  return all
    .map((row) => row.map((cell, column) => (column === 0 ? cell.padEnd(widths[0]!) : cell.padStart(widths[column]!))))
    .map((cells) => cells.join('  ').trimEnd())
    .join('\n');
}

export function seconds(value: number): string {
  return `${value.toFixed(2)} s`;
}

export function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}

export function millions(value: number): string {
  return `${(value / 1e6).toFixed(2)} M`;
}

export function times(value: number): string {
  return `${value.toFixed(2)} x`;
}
