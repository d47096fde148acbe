import type { Identity } from '../privileges.ts';
import { sendSignal } from '../send-signal.ts';

/** Kills a program that was started as the leader of a group (`detached`), and all that it has started; 0 stands for one that was not started. */
export function endGroup(leader: number, identity: Identity | undefined): void {
  if (leader === 0) {
    return;
  }
  try {
    sendSignal(-leader, 'SIGKILL', identity);
  } catch {
    return; // Nothing of the group is left.
  }
}
