/** What happens to the edge: it is started, pinged again and again, and replaced when it has ended or does not answer. */

import { ENDED } from '../exit-codes.ts';
import { SUPERVISOR_LIMITS } from '../limits.ts';
import { backoffMs } from './backoff.ts';
import { describeExit } from './exit-words.ts';
import { log } from './fleet-changes.ts';
import { askAfterMs } from './fleet-failures.ts';
import { beginStop, drainAfterEdge } from './fleet-stop.ts';
import type { EdgeFact, EdgeState, ServerTurn } from './fleet-types.ts';
import { appsOf } from './turns.ts';

export function newEdge(): EdgeState {
  const never = Number.POSITIVE_INFINITY;
  return {
    state: 'starting',
    wasReady: false,
    failures: 0,
    sinceMs: 0,
    notBeforeMs: 0,
    deadlineMs: never,
    askAtMs: never,
    verdict: '',
  };
}

export function startEdge(turn: ServerTurn): void {
  const { edge, settings } = turn.server;
  edge.state = 'starting';
  edge.sinceMs = turn.nowMs;
  edge.deadlineMs = turn.nowMs + settings.startTimeoutMs;
  edge.askAtMs = Number.POSITIVE_INFINITY;
  edge.verdict = '';
  turn.actions.push({ kind: 'start-edge' });
}

export function applyEdge(turn: ServerTurn, event: EdgeFact): void {
  const { edge, stop, settings } = turn.server;
  switch (event.kind) {
    case 'edge-ready':
      edge.state = 'ready';
      edge.wasReady = true;
      edge.sinceMs = turn.nowMs;
      waitToAsk(turn);
      return;
    case 'edge-answered':
      if (edge.state === 'ready' && settings.edgeTimeoutMs > 0) {
        waitToAsk(turn);
      }
      return;
    case 'edge-leaving':
      if (stop === undefined && edge.state === 'ready') {
        edge.state = 'leaving';
        edge.deadlineMs = turn.nowMs + event.deadlineMs + SUPERVISOR_LIMITS.edgeOverdueMs;
        edge.askAtMs = Number.POSITIVE_INFINITY;
      }
      return;
    case 'edge-drained':
      drainAfterEdge(turn);
      return;
    case 'edge-exited':
      onEdgeExited(turn, event);
      return;
  }
}

function waitToAsk(turn: ServerTurn): void {
  const { edge, settings } = turn.server;
  edge.deadlineMs = Number.POSITIVE_INFINITY;
  edge.askAtMs = turn.nowMs + askAfterMs(settings.edgeTimeoutMs);
}

function onEdgeExited(turn: ServerTurn, { cause, message }: Extract<EdgeFact, { kind: 'edge-exited' }>): void {
  const { edge, stop } = turn.server;
  const wasServing = edge.state === 'ready' || edge.state === 'leaving' || edge.state === 'stuck';
  const isStable = wasServing && turn.nowMs - edge.sinceMs >= SUPERVISOR_LIMITS.stableAfterMs;
  const words = edge.verdict === '' ? describeExit(cause) : edge.verdict;
  edge.state = 'ended';
  edge.deadlineMs = Number.POSITIVE_INFINITY;
  edge.askAtMs = Number.POSITIVE_INFINITY;
  if (stop !== undefined) {
    drainAfterEdge(turn);
    return;
  }
  if (!edge.wasReady) {
    const error =
      message === '' ? `the edge process ${words}${edge.verdict === '' ? ' while it started' : ''}` : message;
    turn.actions.push({ kind: 'give-up', error, traceback: '' });
    beginStop(turn, { isQuick: true, why: '', code: ENDED.system });
    return;
  }
  edge.failures = isStable ? 0 : edge.failures + 1;
  edge.notBeforeMs = turn.nowMs + backoffMs(edge.failures);
  log(turn, 'error', `the edge process ${describeExit(cause)}; it is started again`);
}

/** In each step an edge that is overdue is killed, one whose ping is due is pinged, and one that has ended is started again. */
export function settleEdge(turn: ServerTurn): void {
  const { edge, stop } = turn.server;
  if (turn.nowMs >= edge.deadlineMs) {
    giveUpEdge(turn);
  } else if (edge.state === 'ready' && turn.nowMs >= edge.askAtMs) {
    edge.askAtMs = Number.POSITIVE_INFINITY;
    edge.deadlineMs = turn.nowMs + turn.server.settings.edgeTimeoutMs;
    turn.actions.push({ kind: 'ask-edge' });
  }
  if (stop === undefined && edge.state === 'ended' && turn.nowMs >= edge.notBeforeMs) {
    startEdge(turn);
    for (const app of appsOf(turn)) {
      app.published = undefined;
    }
  }
}

/** Kills an edge that does not answer. Whatever holds it up (a loop of ours, a stopped process, a disk that hangs), its clients wait in vain. */
function giveUpEdge(turn: ServerTurn): void {
  const { edge, settings } = turn.server;
  const words = {
    starting: `was not ready ${settings.startTimeoutMs / 1000} s after its start (--start-timeout)`,
    ready: `has not answered for ${settings.edgeTimeoutMs / 1000} s (--edge-timeout)`,
    leaving: 'did not end in time after an internal error',
  };
  edge.deadlineMs = Number.POSITIVE_INFINITY;
  if (edge.state === 'ended' || edge.state === 'stuck') {
    return;
  }
  edge.verdict = words[edge.state];
  log(turn, 'error', `the edge process ${edge.verdict}: it is killed`);
  // An edge that never was ready has failed to start, and the next start waits longer.
  edge.state = edge.state === 'starting' ? 'starting' : 'stuck';
  turn.actions.push({ kind: 'kill-edge' });
}
