/** A JSON file of uWSGI: the keys of one object of the outer one, each with a value or a list of values. */

import type { Outcome } from '../../../kernel/outcome.ts';
import { failure, success } from '../../../kernel/outcome.ts';
import type { FilePlace } from '../../place.ts';
import type { FileFault } from '../option.ts';
import type { SaidOption } from './said-option.ts';

/** Undefined: the file has no such object. */
export function parseJson(
  file: string,
  text: string,
  section: string,
): Outcome<readonly SaidOption[] | undefined, FileFault> {
  let root: unknown;
  try {
    root = JSON.parse(text);
  } catch (error) {
    return failure(faultOf(text, error as Error));
  }
  const options = entriesOf(root).find(([key]) => key === section)?.[1];
  if (options === undefined) {
    return success(undefined);
  }
  const said: SaidOption[] = [];
  for (const [key, value] of entriesOf(options)) {
    const place = placeOf(file, text, key);
    for (const item of Array.isArray(value) ? value : [value]) {
      if (typeof item === 'object' && item !== null) {
        return failure({
          line: place.line,
          column: place.column,
          message: `"${key}" has neither a value nor a list of values`,
        });
      }
      said.push({ key, value: item === null ? '' : String(item), place });
    }
  }
  return success(said);
}

function entriesOf(value: unknown): [string, unknown][] {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.entries(value) : [];
}

/** The first line that has the key. */
function placeOf(file: string, text: string, key: string): FilePlace {
  const written = JSON.stringify(key);
  const at = text.split('\n').findIndex((line) => line.includes(written));
  const column = (text.split('\n')[at]?.indexOf(written) ?? 0) + 1;
  return { kind: 'file', file, line: Math.max(0, at) + 1, column, length: written.length, key };
}

/** Node says where in different words, with a line or a position, or not at all. */
function faultOf(text: string, { message }: Error): FileFault {
  const [, position] = /position (\d+)/.exec(message) ?? [];
  const before = text.slice(0, position === undefined ? 0 : Number(position)).split('\n');
  return { line: before.length, column: (before.at(-1) ?? '').length + 1, message: `it is not JSON: ${message}` };
}
