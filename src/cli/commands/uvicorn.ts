/** `portico uvicorn`: the command line of uvicorn. */

import { UVICORN } from '../../config/dialects/uvicorn.ts';
import type { Invocation } from '../invocation.ts';
import type { Terminal } from '../terminal.ts';
import { speak } from './speak.ts';

/** Resolves with the exit code. */
export function uvicorn(invocation: Invocation, terminal: Terminal): Promise<number> {
  return speak(UVICORN, invocation, terminal);
}
