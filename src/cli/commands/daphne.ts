/** `portico daphne`: the command line of daphne. */

import { DAPHNE } from '../../config/dialects/daphne.ts';
import type { Invocation } from '../invocation.ts';
import type { Terminal } from '../terminal.ts';
import { speak } from './speak.ts';

/** Resolves with the exit code. */
export function daphne(invocation: Invocation, terminal: Terminal): Promise<number> {
  return speak(DAPHNE, invocation, terminal);
}
