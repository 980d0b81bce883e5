/** Markdown tables that also read well in a terminal. */

/** The first column is text, the others figures. */
export function toTable(head: readonly string[], body: readonly (readonly string[])[], texts = 1): string {
  const widths = head.map((_, column) => Math.max(3, ...[head, ...body].map((cells) => cells[column]!.length)));
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell, i) => (i < texts ? cell.padEnd(widths[i]!) : cell.padStart(widths[i]!))).join(' | ')} |`;
  const rule = widths.map((width, i) => (i < texts ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`));
  return [line(head), `| ${rule.join(' | ')} |`, ...body.map(line)].join('\n');
}

/** Three significant digits, whole numbers with commas. */
export function formatNumber(value: number): string {
  if (value === 0) return '0';
  if (Math.abs(value) >= 100) return Math.round(value).toLocaleString('en');
  return value.toFixed(Math.max(0, 2 - Math.floor(Math.log10(Math.abs(value)))));
}

export function formatCount(value: number): string {
  return value.toLocaleString('en');
}
