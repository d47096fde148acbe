/** `portico hypercorn`: the command line of hypercorn. */

import { HYPERCORN } from '../../config/dialects/hypercorn.ts';
import type { Invocation } from '../invocation.ts';
import type { Terminal } from '../terminal.ts';
import { speak } from './speak.ts';

/** Resolves with the exit code. */
export function hypercorn(invocation: Invocation, terminal: Terminal): Promise<number> {
  return speak(HYPERCORN, invocation, terminal);
}
