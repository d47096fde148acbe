/**
 * Process number 1, as in a container, inherits every process whose parent has ended, and has to reap it; Node reaps only its own. So
 * when we are number 1, we become a shell that starts us again below itself: it passes signals on, reaps whatever ends, and exits with
 * our status. It costs a fifth of a megabyte, and a shell is there wherever the launcher is.
 */

import { existsSync } from 'node:fs';
import type { ServiceManager } from './service-manager.ts';
import { HEEDED_SIGNALS } from './signals.ts';

const SHELL = '/bin/sh';

/** `wait` returns early for each signal that was passed on; only when the child is gone has it said its status. */
export const INIT_SCRIPT: string = `"$@" &
child=$!
for name in ${HEEDED_SIGNALS.map((signal) => signal.slice('SIG'.length)).join(' ')}; do
  trap "kill -$name $child 2>/dev/null" "$name"
done
while :; do
  wait "$child"
  status=$?
  kill -0 "$child" 2>/dev/null || exit "$status"
done`;

/** Does not return if it succeeds. What a service manager has given is for this process alone, and would be lost. */
export function becomeInit({ sockets, notifyFd }: ServiceManager): void {
  const isGiven = sockets.length > 0 || notifyFd !== null;
  if (process.pid === 1 && !isGiven && existsSync(SHELL) && process.execve !== undefined) {
    const command = [process.execPath, ...process.execArgv, ...process.argv.slice(1)];
    process.execve(SHELL, ['sh', '-c', INIT_SCRIPT, 'portico', ...command], process.env);
  }
}
