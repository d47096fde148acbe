/** What results of checks make of a peer. Asked under the lock of the upstream. */

import type { HealthCheck } from '../../../config/model/upstream.ts';
import { HEALTH, PEER } from '../peer-fields.ts';
import type { PeerSlot } from '../peer-slot.ts';

/** What has changed for the peer. */
export type HealthChange = 'healthy' | 'unhealthy' | undefined;

export function noteCheck(
  peer: PeerSlot,
  hasPassed: boolean,
  { fails, passes }: Pick<HealthCheck, 'fails' | 'passes'>,
  nowMs: number,
): HealthChange {
  const row = peer.read(PEER.checkRow);
  const nextRow = hasPassed ? Math.max(0, row) + 1 : Math.min(0, row) - 1;
  const health = peer.read(PEER.health);
  peer.add(PEER.checks, 1);
  peer.write(PEER.checkRow, nextRow);
  peer.write(PEER.lastPassed, hasPassed ? 1 : 0);
  if (!hasPassed) {
    peer.add(PEER.checkFails, 1);
    if (health === HEALTH.unhealthy || -nextRow < fails) {
      return undefined;
    }
    peer.write(PEER.health, HEALTH.unhealthy);
    peer.add(PEER.unhealthy, 1);
    peer.goDown(nowMs);
    return 'unhealthy';
  }
  if (health === HEALTH.healthy || (health !== HEALTH.unknown && nextRow < passes)) {
    return undefined;
  }
  peer.write(PEER.health, HEALTH.healthy);
  if (health === HEALTH.unknown) {
    return undefined;
  }
  // Failures of requests are forgotten with the illness: the server has shown that it answers.
  peer.write(PEER.fails, 0);
  peer.comeBack(nowMs);
  return 'healthy';
}

/** The rules of a plan for a peer that comes into it: nobody may be sent to it before it has passed a check, or it is not checked at all. */
export function beginHealth(peer: PeerSlot, check: HealthCheck | undefined, nowMs: number): void {
  if (check === undefined) {
    if (!peer.isHealthy) {
      peer.comeBack(nowMs);
    }
    peer.write(PEER.health, HEALTH.unknown);
  } else if (check.isMandatory && peer.read(PEER.health) === HEALTH.unknown) {
    peer.write(PEER.health, HEALTH.checking);
    peer.goDown(nowMs);
  }
}
