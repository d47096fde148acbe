/**
 * The end: the edge stops accepting and finishes what was begun, then the workers end, then their zygotes, then we do. Asked a second
 * time, or quickly, everything is killed at once.
 */

import { SUPERVISOR_LIMITS } from '../limits.ts';
import { drainWorker, endGeneration, finishWorker, killWorker, killZygote, log, stopZygote } from './fleet-changes.ts';
import type { Turn } from './fleet-types.ts';

export interface StopOrder {
  readonly isQuick: boolean;
  readonly why: string;
  /** The exit code of the server. */
  readonly code: number;
}

export function beginStop(turn: Turn, { isQuick, why, code }: StopOrder): void {
  const { fleet } = turn;
  const { gracefulTimeoutMs } = fleet.settings;
  if (fleet.stop === undefined && !isQuick && fleet.isStarted) {
    log(turn, 'info', `${why}: stopping; requests that run may go on for ${gracefulTimeoutMs / 1000} s`);
    fleet.stop = {
      phase: 'edge',
      deadlineMs: turn.nowMs + gracefulTimeoutMs + SUPERVISOR_LIMITS.edgeOverdueMs,
      code,
      isOver: false,
    };
    turn.actions.push({ kind: 'stop-edge', deadlineMs: gracefulTimeoutMs });
    for (const worker of fleet.workers.values()) {
      finishWorker(turn, worker, 'stopping', gracefulTimeoutMs);
    }
    dropHalfMade(turn);
    if (fleet.edge.state === 'ended') {
      drainAfterEdge(turn);
    }
  } else if (fleet.stop?.phase !== 'killing' && fleet.stop?.isOver !== true) {
    if (why !== '') {
      log(turn, 'info', `${why}: stopping at once`);
    }
    killAll(turn, fleet.stop?.code ?? code);
  }
}

/** The edge has finished: the workers have nothing to do any more, and end after their exit handlers. */
export function drainAfterEdge(turn: Turn): void {
  const { stop, workers } = turn.fleet;
  if (stop?.phase !== 'edge') {
    return;
  }
  // Requests, threads, executors and exit handlers have one time together: the worker gets what the requests have left of it.
  const leftMs = Math.max(0, stop.deadlineMs - SUPERVISOR_LIMITS.edgeOverdueMs - turn.nowMs);
  const killMs = leftMs + SUPERVISOR_LIMITS.workerEndMs;
  stop.phase = 'workers';
  stop.deadlineMs = turn.nowMs + killMs + SUPERVISOR_LIMITS.quickStopMs;
  for (const worker of workers.values()) {
    if (worker.state === 'starting') {
      killWorker(turn, worker);
    } else if (worker.state !== 'stopping') {
      drainWorker(worker, turn.nowMs, killMs);
      finishWorker(turn, worker, 'stop', leftMs);
    }
  }
}

/** In each step while stopping: what is overdue is killed, and a process that has nothing left to do is ended. */
export function settleStop(turn: Turn): void {
  const { fleet } = turn;
  const { stop } = fleet;
  if (stop === undefined || stop.isOver) {
    return;
  }
  if (turn.nowMs >= stop.deadlineMs) {
    if (stop.phase !== 'killing') {
      log(
        turn,
        'warning',
        `not everything ended in time (--graceful-timeout ${fleet.settings.gracefulTimeoutMs / 1000}); the rest is killed`,
      );
      killAll(turn, stop.code);
    } else {
      killRemains(turn);
    }
  }
  if (stop.phase !== 'edge' && fleet.workers.size === 0) {
    for (const generation of fleet.generations.values()) {
      endGeneration(turn, generation);
    }
  }
  if (fleet.workers.size === 0 && fleet.generations.size === 0 && fleet.edge.state === 'ended') {
    stop.isOver = true;
    stop.deadlineMs = Number.POSITIVE_INFINITY;
    turn.actions.push({ kind: 'finish', code: stop.code });
  }
}

function dropHalfMade(turn: Turn): void {
  const halfMade = turn.fleet.generations.get(turn.fleet.next ?? 0);
  if (halfMade !== undefined) {
    endGeneration(turn, halfMade);
  }
}

function killAll(turn: Turn, code: number): void {
  const { fleet } = turn;
  fleet.stop = { phase: 'killing', deadlineMs: turn.nowMs + SUPERVISOR_LIMITS.quickStopMs, code, isOver: false };
  if (fleet.edge.state !== 'ended') {
    turn.actions.push({ kind: 'stop-edge', deadlineMs: 0 });
  }
  for (const worker of fleet.workers.values()) {
    killWorker(turn, worker);
  }
  for (const generation of fleet.generations.values()) {
    generation.state = 'ending';
    stopZygote(turn, generation);
  }
}

/** What has not ended in the time after a quick stop is killed. */
function killRemains(turn: Turn): void {
  const { fleet } = turn;
  if (fleet.stop !== undefined) {
    fleet.stop.deadlineMs = turn.nowMs + SUPERVISOR_LIMITS.quickStopMs;
  }
  if (fleet.edge.state !== 'ended') {
    turn.actions.push({ kind: 'kill-edge' });
  }
  for (const generation of fleet.generations.values()) {
    killZygote(turn, generation);
  }
}
