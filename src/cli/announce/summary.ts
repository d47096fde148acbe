/** A summary, as a block for the eyes of whoever sits at a terminal, or line by line for a log. */

import { escapeControls } from '../../supervisor/log/log-line.ts';

export type Row = readonly [label: string, text: string];

export interface Summary {
  readonly head: string;
  readonly rows: readonly Row[];
  readonly warnings: readonly string[];
}

export interface SummaryLine {
  readonly level: 'info' | 'warning';
  readonly text: string;
}

const LABEL_COLUMN = 11;
const BOLD = '\x1b[1m';
const YELLOW = '\x1b[33m';
const PLAIN = '\x1b[0m';

/** A label that repeats is said once. Names of folders and files may hold what a terminal obeys, or a line of their own. */
export function renderBlock({ head, rows, warnings }: Summary, hasColours: boolean): string {
  const paint = (code: string, text: string): string => (hasColours ? `${code}${text}${PLAIN}` : text);
  const lines = rows.map(
    ([label, text], index) =>
      `  ${(rows[index - 1]?.[0] === label ? '' : label).padEnd(LABEL_COLUMN)}${escapeControls(text)}`,
  );
  const cautions = warnings.map((text) => `  ${paint(YELLOW, 'warning:')} ${escapeControls(text)}`);
  return `${[paint(BOLD, head), ...lines, ...cautions].join('\n')}\n`;
}

/** Each line can be understood, and found, alone. */
export function renderLines({ head, rows, warnings }: Summary): SummaryLine[] {
  return [
    { level: 'info', text: head },
    ...rows.map(([label, text]) => ({ level: 'info', text: `${label}: ${text}` }) as const),
    ...warnings.map((text) => ({ level: 'warning', text }) as const),
  ];
}
