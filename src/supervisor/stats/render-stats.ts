/** JSON as uWSGI writes it: a key and its value without a space between them, tabs for each level, and texts of a list at the beginning of their lines. */

import type { StatsObject, StatsValue } from './uwsgi-stats.ts';

export function renderStats(stats: StatsObject, isMinified: boolean): string {
  return isMinified ? JSON.stringify(stats) : renderObject(stats, 0);
}

function renderObject(object: StatsObject, level: number): string {
  const tabs = '\t'.repeat(level + 1);
  const rows = Object.entries(object).map(
    ([key, value]) => `${tabs}${JSON.stringify(key)}:${render(value, level + 1)}`,
  );
  return `{\n${rows.join(',\n')}\n${'\t'.repeat(level)}}`;
}

function render(value: StatsValue, level: number): string {
  if (typeof value !== 'object') {
    return JSON.stringify(value);
  }
  if (!isList(value)) {
    return renderObject(value, level);
  }
  const items = value.map((item) =>
    typeof item === 'object' && !isList(item)
      ? `${'\t'.repeat(level + 1)}${renderObject(item, level + 1)}`
      : JSON.stringify(item),
  );
  return `[\n${items.join(',\n')}\n${'\t'.repeat(level)}]`;
}

function isList(value: StatsValue): value is readonly StatsValue[] {
  return Array.isArray(value);
}
