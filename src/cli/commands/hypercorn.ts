/** `portico hypercorn`: the command line of hypercorn. */

import { HYPERCORN } from '../../config/dialects/hypercorn.ts';
import type { Terminal } from '../terminal.ts';
import { speak } from './speak.ts';

/** Resolves with the exit code. */
export function hypercorn(args: readonly string[], terminal: Terminal): Promise<number> {
  return speak(HYPERCORN, args, terminal);
}
