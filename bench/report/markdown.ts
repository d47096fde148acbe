import type { Table } from './result.ts';

/** A table whose first column is names and stands to the left, and whose others stand to the right. */
export function renderTable({ head, rows }: Omit<Table, 'caption'>): string {
  const lines = [head, head.map((_, index) => (index === 0 ? ':--' : '--:')), ...rows];
  return lines.map((cells) => `| ${cells.map(escapeCell).join(' | ')} |`).join('\n');
}

export function renderCode(text: string): string {
  return `\`\`\`\n${text.trimEnd()}\n\`\`\``;
}

function escapeCell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll(/\s+/g, ' ');
}
