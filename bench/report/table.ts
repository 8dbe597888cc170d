/** A table that can be shown in a terminal and in a document. Pure. */

export interface Table {
  readonly title: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
  /** Sentences below the table. */
  readonly remarks: readonly string[];
}

/** Columns aligned with spaces. */
export function renderText(table: Table): string {
  const lines = [table.columns, ...table.rows];
  const widths = table.columns.map((_, column) => Math.max(...lines.map((line) => (line[column] ?? '').length)));
  const align = (line: readonly string[]): string =>
    widths
      .map((width, column) => (line[column] ?? '').padEnd(width))
      .join('  ')
      .trimEnd();
  return [table.title, '', ...lines.map(align), ...table.remarks.map((remark) => `- ${remark}`)].join('\n');
}

export function renderMarkdown(table: Table): string {
  const row = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  const lines = [row(table.columns), row(table.columns.map(() => '---')), ...table.rows.map(row)];
  const remarks = table.remarks.map((remark) => `- ${remark}`);
  return [`## ${table.title}`, '', ...lines, ...(remarks.length === 0 ? [] : ['', ...remarks])].join('\n');
}
