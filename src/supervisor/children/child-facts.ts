/** What edges and zygotes say, as facts for the fleet. */

import { unreachable } from '../../kernel/unreachable.ts';
import type { FromEdge } from '../../protocol/control/edge.ts';
import type { FromZygote } from '../../protocol/control/zygote.ts';
import type { AppFact, FleetFact } from '../fleet/fleet-types.ts';

/** Undefined for a message that is no fact for the fleet: a line for the log, what becomes of a plan, the reason of an end to come, a folder. */
export function factOfEdge(message: FromEdge): FleetFact | undefined {
  switch (message.kind) {
    case 'ready':
      return { kind: 'edge-ready' };
    case 'pong':
      return { kind: 'edge-answered' };
    case 'leaving':
      return { kind: 'edge-leaving', deadlineMs: message.deadlineMs };
    case 'drained':
      return { kind: 'edge-drained' };
    case 'quiet':
      return { kind: 'worker-quiet', app: message.app, worker: message.worker };
    case 'stuck':
      return { ...message, kind: 'request-stuck' };
    case 'prepared':
    case 'refused':
    case 'committed':
    case 'answered':
    case 'fatal':
    case 'log':
    case 'report':
    case 'counted':
    case 'spool-folder':
      return undefined;
    default:
      return unreachable(message);
  }
}

/** Undefined for a message that is no fact for the fleet: output for the log. */
export function factOfZygote(generation: number, message: FromZygote): AppFact | undefined {
  switch (message.kind) {
    case 'loaded': {
      const { preloaded, python, app } = message;
      return { kind: 'zygote-loaded', generation, preloaded, python, facts: app };
    }
    case 'load-failed':
      return { ...message, kind: 'zygote-load-failed', generation };
    case 'unsafe-preload':
      return { kind: 'zygote-unsafe', generation, reasons: message.reasons, holdsLock: message.holdsLock };
    case 'pong':
      return { kind: 'zygote-answered', generation };
    case 'spawned':
      return { kind: 'worker-spawned', worker: message.worker, pid: message.pid };
    case 'ask':
    case 'beside':
    case 'elsewhere':
    case 'output':
    case 'piped':
      return undefined;
    case 'ready':
      return { kind: 'worker-ready', worker: message.worker, facts: message.app };
    case 'worker-load-failed':
      return message;
    case 'retire':
      return { kind: 'worker-retiring', worker: message.worker, reason: message.reason };
    case 'exited': {
      const { worker, code, signal, reason } = message;
      return { kind: 'worker-exited', worker, cause: { code, signal }, reason };
    }
    default:
      return unreachable(message);
  }
}
