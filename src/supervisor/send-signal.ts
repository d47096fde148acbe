/**
 * Signals that reach processes of the user that root has started them for. Root needs a capability (KILL) for processes of other users, which containers are
 * often not given; with the rights of the same user nobody needs it.
 */

import type { ChildProcess } from 'node:child_process';
import type { Identity } from './privileges.ts';
import { asUser, mayAct } from './privileges.ts';

/** `pid`: as kill(2) has it, which takes a negative one for a group. Throws what kill(2) says. */
export function sendSignal(pid: number, signal: NodeJS.Signals, identity: Identity | undefined): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPERM' || !mayAct(identity)) {
      throw error;
    }
    asUser(identity, () => process.kill(pid, signal));
  }
}

/** Nothing happens to one that has ended. */
export function signalChild(child: ChildProcess, signal: NodeJS.Signals, identity: Identity | undefined): void {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) {
    return;
  }
  try {
    sendSignal(child.pid, signal, identity);
  } catch (error) {
    child.emit('error', error);
  }
}
