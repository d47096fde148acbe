/** `gunicorn --print-config`: every setting in the order of the alphabet, with its value as Python shows it. */

import type { JsonValue } from '../../config/dialects/gunicorn-settings.ts';
import { GUNICORN_SETTINGS } from '../../config/dialects/gunicorn-settings.ts';

/** `hooks`: those that the configuration file has. */
export function renderSettings(settings: Readonly<Record<string, JsonValue>>, hooks: readonly string[]): string {
  const rows = GUNICORN_SETTINGS.map(({ name, kind }): [string, string] => {
    const value = settings[name] ?? null;
    if (kind === 'hook') {
      return [name, hooks.includes(name) ? `<${name}()>` : 'None'];
    }
    return [name, typeof value === 'string' ? value : inPython(value)];
  }).sort(([one], [other]) => (one < other ? -1 : 1));
  const width = Math.max(...rows.map(([name]) => name.length));
  return rows.map(([name, text]) => `${name.padEnd(width)} = ${text}\n`).join('');
}

/** As Python's repr(). */
function inPython(value: JsonValue): string {
  if (value === null) {
    return 'None';
  }
  if (typeof value === 'boolean') {
    return value ? 'True' : 'False';
  }
  if (typeof value === 'string') {
    const quote = value.includes("'") && !value.includes('"') ? '"' : "'";
    return quote + value.replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll(quote, `\\${quote}`) + quote;
  }
  if (typeof value === 'number') {
    return String(value);
  }
  if (Array.isArray(value)) {
    return `[${value.map(inPython).join(', ')}]`;
  }
  const pairs = Object.entries(value).map(([key, one]) => `${inPython(key)}: ${inPython(one)}`);
  return `{${pairs.join(', ')}}`;
}
