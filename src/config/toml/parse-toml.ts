/** From the text of a TOML file to its table, or to the line and column at which it stops being TOML. */

import { parse, TomlError } from 'smol-toml';
import type { Outcome } from '../../kernel/outcome.ts';
import { failure, success } from '../../kernel/outcome.ts';
import type { TomlTable } from './kind.ts';

/** Nothing that we read is nested more deeply. */
const DEPTH_MAX = 32;

export interface TomlFault {
  readonly line: number;
  readonly column: number;
  /** Without a full stop. */
  readonly message: string;
}

export function parseToml(text: string): Outcome<TomlTable, TomlFault> {
  try {
    // Dates are objects, which no kind of value reads: each is refused where it stands.
    return success(parse(text, { maxDepth: DEPTH_MAX }) as TomlTable);
  } catch (error) {
    if (error instanceof TomlError) {
      const [reason = ''] = error.message.split('\n');
      const message = reason.replace(/^Invalid TOML document: /, '');
      return failure({ line: error.line, column: error.column, message });
    }
    throw error;
  }
}
