/** The configuration file of hypercorn, TOML: its keys, and the text that each would be on a command line. */

import type { Outcome } from '../../kernel/outcome.ts';
import { failure, success } from '../../kernel/outcome.ts';
import { atKey } from '../place.ts';
import { parseToml } from '../toml/parse-toml.ts';
import type { FileFault } from './option.ts';

export function readHypercornFile(text: string): Outcome<ReadonlyMap<string, readonly string[]>, FileFault> {
  const table = parseToml(text);
  if (!table.ok) {
    return table;
  }
  const entries = new Map<string, readonly string[]>();
  for (const [key, value] of Object.entries(table.value)) {
    const texts = (Array.isArray(value) ? value : [value]).map(renderValue);
    if (texts.includes(undefined)) {
      const { line, column } = atKey('', text, key);
      return failure({
        line,
        column,
        message: `"${key}" is neither a text, nor a number, nor true or false, nor a list of these`,
      });
    }
    entries.set(
      key,
      texts.flatMap((one) => one ?? []),
    );
  }
  return success(entries);
}

function renderValue(value: unknown): string | undefined {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
    ? String(value)
    : undefined;
}
