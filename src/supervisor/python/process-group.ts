/** Kills a program that was started as the leader of a group (`detached`), and all that it has started; 0 stands for one that was not started. */
export function endGroup(leader: number): void {
  if (leader === 0) {
    return;
  }
  try {
    process.kill(-leader, 'SIGKILL');
  } catch {
    return; // Nothing of the group is left.
  }
}
