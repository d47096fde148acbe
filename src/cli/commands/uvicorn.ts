/** `portico uvicorn`: the command line of uvicorn. */

import { UVICORN } from '../../config/dialects/uvicorn.ts';
import type { Terminal } from '../terminal.ts';
import { speak } from './speak.ts';

/** Resolves with the exit code. */
export function uvicorn(args: readonly string[], terminal: Terminal): Promise<number> {
  return speak(UVICORN, args, terminal);
}
