// The chart: a panel for each comparison, a bar for each server, drawn as SVG by hand. Every bar carries its figure, so
// that nobody has to measure against an axis, and the line on it spans the middle half of the rounds.

import { OURS } from './rates.ts';
import type { Bar, Panel } from './result.ts';

const WIDTH = 1080;
const MARGIN = 28;
const COLUMN_GAP = 40;
const COLUMN = (WIDTH - 2 * MARGIN - COLUMN_GAP) / 2;
const TOP = 92;
const TITLE_HEIGHT = 44;
const ROW = 22;
const BAR = 14;
const PANEL_GAP = 26;
/** Room for the longest name of a server, and for the figure behind the longest bar. */
const LABEL = 196;
const FIGURE = 66;
const SPAN = COLUMN - LABEL - FIGURE;

const STYLE = `
  text { font: 13px system-ui, -apple-system, "Segoe UI", "DejaVu Sans", sans-serif; fill: #1f2933; }
  .heading { font-size: 21px; font-weight: 700; }
  .about { font-size: 13px; fill: #52606d; }
  .panel { font-size: 14px; font-weight: 700; }
  .unit { font-size: 12px; fill: #52606d; }
  .label { text-anchor: end; }
  .ours { font-weight: 700; }
  .bar { fill: #b8c4d0; }
  .bar.ours { fill: #1a73c7; }
  .spread { stroke: #1f2933; stroke-width: 1.5; }
  .zero { stroke: #7b8794; }
`;

export interface Heading {
  readonly title: string;
  readonly about: string;
}

export function renderChart({ title, about }: Heading, panels: readonly Panel[]): string {
  const bottoms = [TOP, TOP];
  const drawn = panels.map((panel) => {
    // Into the column that is shorter so far.
    const column = (bottoms[1] ?? 0) < (bottoms[0] ?? 0) ? 1 : 0;
    const y = bottoms[column] ?? TOP;
    bottoms[column] = y + heightOf(panel) + PANEL_GAP;
    return renderPanel(panel, MARGIN + column * (COLUMN + COLUMN_GAP), y);
  });
  const height = Math.max(...bottoms);
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" role="img">
<title>${escapeText(title)}</title>
<desc>${escapeText(about)}</desc>
<style>${STYLE}</style>
<rect width="${WIDTH}" height="${height}" fill="#ffffff"/>
<text class="heading" x="${MARGIN}" y="42">${escapeText(title)}</text>
<text class="about" x="${MARGIN}" y="66">${escapeText(about)}</text>
${drawn.join('\n')}
</svg>
`;
}

function heightOf({ bars }: Panel): number {
  return TITLE_HEIGHT + bars.length * ROW;
}

function renderPanel(panel: Panel, x: number, y: number): string {
  const most = Math.max(...panel.bars.flatMap(({ value, high = 0 }) => [value, high]).filter(Number.isFinite), 0);
  const scale = most > 0 ? SPAN / most : 0;
  const zero = LABEL;
  const bars = panel.bars.map((bar, index) => renderBar(bar, TITLE_HEIGHT + index * ROW, scale));
  return `<g transform="translate(${x} ${y})">
<text class="panel" x="0" y="14">${escapeText(panel.title)}</text>
<text class="unit" x="0" y="32">${escapeText(panel.unit)}</text>
${bars.join('\n')}
<line class="zero" x1="${zero}" y1="${TITLE_HEIGHT - 3}" x2="${zero}" y2="${heightOf(panel) - 3}"/>
</g>`;
}

function renderBar({ label, value, low, high, text }: Bar, y: number, scale: number): string {
  const ours = label === OURS ? ' ours' : '';
  const length = Number.isFinite(value) ? value * scale : 0;
  const middle = y + BAR / 2;
  const parts = [
    `<text class="label${ours}" x="${LABEL - 8}" y="${middle + 4.5}">${escapeText(label)}</text>`,
    `<rect class="bar${ours}" x="${LABEL}" y="${y}" width="${round(length)}" height="${BAR}"/>`,
  ];
  let end = length;
  if (low !== undefined && high !== undefined && Number.isFinite(low + high)) {
    end = Math.max(end, high * scale);
    const [from, to] = [round(LABEL + low * scale), round(LABEL + high * scale)];
    parts.push(`<line class="spread" x1="${from}" y1="${middle}" x2="${to}" y2="${middle}"/>`);
  }
  const figure = Number.isFinite(value) ? text : 'not measured';
  parts.push(
    `<text class="figure${ours}" x="${round(LABEL + end + 7)}" y="${middle + 4.5}">${escapeText(figure)}</text>`,
  );
  return parts.join('\n');
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

function escapeText(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
