/** From the text of a TOML file to its table, or to the line and column at which it stops being TOML. */

import { parse, TomlError } from 'smol-toml';
import type { Outcome } from '../../kernel/outcome.ts';
import { failure, success } from '../../kernel/outcome.ts';
import type { TomlTable, TomlValue } from './kind.ts';
import { isTable } from './kind.ts';

/** Nothing that we read is nested more deeply. */
const DEPTH_MAX = 32;

const TOO_DEEP = `tables lie in each other more than ${DEPTH_MAX} deep`;

export interface TomlFault {
  readonly line: number;
  readonly column: number;
  /** Without a full stop. */
  readonly message: string;
}

export function parseToml(text: string): Outcome<TomlTable, TomlFault> {
  try {
    // Dates are objects, which no kind of value reads: each is refused where it stands.
    const table = parse(text, { maxDepth: DEPTH_MAX }) as TomlTable;
    return isTooDeep(table) ? failure({ line: 1, column: 1, message: TOO_DEEP }) : success(table);
  } catch (error) {
    if (error instanceof TomlError) {
      const [reason = ''] = error.message.split('\n');
      const { line, column } = error;
      const told = reason.replace(/^Invalid TOML document: /, '');
      const rest = text
        .split('\n', line)
        [line - 1]?.slice(column - 1)
        .trim();
      const isUnclosed = /control characters are not allowed in strings/.test(told) && rest === '';
      const message = isUnclosed ? 'the line ends inside of a text: the quote that closes it is missing' : told;
      return failure({ line, column, message });
    }
    throw error;
  }
}

/** The parser counts brackets, and not the dots of a key, of which each is a table. Level by level, because what is too deep is too deep for calls as well. */
function isTooDeep(table: TomlTable): boolean {
  let level: readonly TomlValue[] = [table];
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > DEPTH_MAX) {
      return true;
    }
    level = level.flatMap((value) => (isNest(value) ? Object.values(value) : []));
  }
  return false;
}

function isNest(value: TomlValue): value is TomlTable | readonly TomlValue[] {
  return Array.isArray(value) || isTable(value);
}
