/** Requests that run, as they are told: bounded, and what clients have sent in them escaped. */

import type { RunningRequest, RunningStage } from '../protocol/control/report.ts';
import { REPORT_LIMITS, toldText } from '../protocol/control/report.ts';
import { protocolName } from '../protocol/http/version.ts';
import type { Call } from './call.ts';

/** How many requests may still be named, over all units of a thread. */
export interface ReportRoom {
  left: number;
}

/** `calls`: those that run on a unit, the one that runs longest first. */
export function tellRunning(
  calls: Iterable<Call>,
  room: ReportRoom,
  tellOf: (call: Call) => { readonly stage: RunningStage; readonly ms: number },
): RunningRequest[] {
  const told: RunningRequest[] = [];
  for (const call of calls) {
    if (told.length >= REPORT_LIMITS.runningOfUnitMax || room.left <= 0) {
      break;
    }
    room.left -= 1;
    told.push(describe(call, tellOf(call)));
  }
  return told;
}

function describe(
  { exchange }: Call,
  { stage, ms }: { readonly stage: RunningStage; readonly ms: number },
): RunningRequest {
  const { requestId, method, target, host, version, client, origin } = exchange;
  return {
    requestId: toldText(requestId),
    method: toldText(method),
    target: toldText(target),
    host: toldText(host),
    protocol: protocolName(version),
    client: toldText(client.address),
    scheme: origin.scheme,
    stage,
    ms: Math.max(0, ms),
  };
}
