/** `portico gunicorn`: the command line of gunicorn. */

import { existsSync } from 'node:fs';
import { GUNICORN } from '../../config/dialects/gunicorn.ts';
import type { Invocation } from '../invocation.ts';
import type { Terminal } from '../terminal.ts';
import { speak } from './speak.ts';

/** gunicorn reads it without being told. */
const FILE = 'gunicorn.conf.py';
const USAGE = 2;

/** Resolves with the exit code. */
export async function gunicorn(invocation: Invocation, terminal: Terminal): Promise<number> {
  const isAsking = invocation.args.some((word) => word === '-h' || word === '--help' || word === '--version');
  // Who has it counts on what it says: better no server than one with other settings.
  if (!isAsking && existsSync(FILE)) {
    const wayOut = 'Write its settings as options, or into GUNICORN_CMD_ARGS, and give the file another name.';
    terminal.error(`portico gunicorn: error: ./${FILE} is not read. ${wayOut}\n`);
    return USAGE;
  }
  return speak(GUNICORN, invocation, terminal);
}
