import { SUPERVISOR_LIMITS } from '../limits.ts';

/** How long to wait after so many failures in a row: 0, 100 ms, doubling to 30 s. */
export function backoffMs(failures: number): number {
  return failures === 0
    ? 0
    : Math.min(SUPERVISOR_LIMITS.backoffMaxMs, SUPERVISOR_LIMITS.backoffFirstMs * 2 ** (failures - 1));
}
