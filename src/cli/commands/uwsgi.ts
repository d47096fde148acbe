/** `portico uwsgi`: the command line of uWSGI. */

import { UWSGI } from '../../config/dialects/uwsgi/uwsgi.ts';
import type { Invocation } from '../invocation.ts';
import type { Terminal } from '../terminal.ts';
import { speak } from './speak.ts';

/** Resolves with the exit code. */
export function uwsgi(invocation: Invocation, terminal: Terminal): Promise<number> {
  return speak(UWSGI, invocation, terminal);
}
