/**
 * The end: the edge stops accepting and finishes what was begun, then the workers end, then their zygotes, then we do. Asked a second
 * time, or quickly, everything is killed at once.
 */

import { SUPERVISOR_LIMITS } from '../limits.ts';
import {
  drainWorker,
  endGeneration,
  finishWorker,
  interruptWorker,
  killWorker,
  killZygote,
  log,
  stopZygote,
} from './fleet-changes.ts';
import type { ServerFleet, ServerTurn, Turn } from './fleet-types.ts';
import { appsOf, eachApp } from './turns.ts';

export interface StopOrder {
  readonly isQuick: boolean;
  readonly why: string;
  /** The exit code of the server. */
  readonly code: number;
}

export function beginStop(turn: ServerTurn, { isQuick, why, code }: StopOrder): void {
  const { server, nowMs } = turn;
  const { gracefulTimeoutMs } = server.settings;
  if (server.stop !== undefined && !isQuick) {
    return;
  }
  if (server.stop === undefined && !isQuick && isServing(server)) {
    log(turn, 'info', `${why}: stopping; requests that run may go on for ${gracefulTimeoutMs / 1000} s`);
    const deadlineMs = nowMs + gracefulTimeoutMs + SUPERVISOR_LIMITS.edgeOverdueMs;
    server.stop = { phase: 'edge', deadlineMs, code, isOver: false };
    turn.actions.push({ kind: 'stop-edge', deadlineMs: gracefulTimeoutMs });
    eachApp(turn, finishApp);
    if (server.edge.state === 'ended') {
      drainAfterEdge(turn);
    }
  } else if (server.stop?.phase !== 'killing' && server.stop?.isOver !== true) {
    if (why !== '') {
      log(turn, 'info', `${why}: stopping at once`);
    }
    const endCode = server.stop?.code ?? code;
    if (server.stop?.phase !== 'interrupted' && appsOf(turn).some(({ settings }) => settings.hasHooks === true)) {
      interruptAll(turn, endCode);
    } else {
      killAll(turn, endCode);
    }
  }
}

/** Some request may run: of several applications some serve while others are still loaded. */
function isServing({ isStarted, apps, edge }: ServerFleet): boolean {
  return isStarted || (apps.size > 1 && edge.state === 'ready' && [...apps.values()].some(({ wasReady }) => wasReady));
}

function finishApp(turn: Turn): void {
  const { fleet } = turn;
  for (const worker of fleet.workers.values()) {
    finishWorker(turn, worker, 'stopping', fleet.settings.gracefulTimeoutMs);
  }
  const halfMade = fleet.generations.get(fleet.next ?? 0);
  if (halfMade !== undefined) {
    endGeneration(turn, halfMade);
  }
}

/** The edge has finished: the workers have nothing to do any more, and end after their exit handlers. */
export function drainAfterEdge(turn: ServerTurn): void {
  const { stop } = turn.server;
  if (stop?.phase !== 'edge') {
    return;
  }
  // Requests, threads, executors and exit handlers have one time together: the worker gets what the requests have left of it.
  const leftMs = Math.max(0, stop.deadlineMs - SUPERVISOR_LIMITS.edgeOverdueMs - turn.nowMs);
  const killMs = leftMs + SUPERVISOR_LIMITS.workerEndMs;
  stop.phase = 'workers';
  stop.deadlineMs = turn.nowMs + killMs + SUPERVISOR_LIMITS.quickStopMs;
  eachApp(turn, (app) => endWorkers(app, { leftMs, killMs }));
}

function endWorkers(turn: Turn, { leftMs, killMs }: { readonly leftMs: number; readonly killMs: number }): void {
  for (const worker of turn.fleet.workers.values()) {
    if (worker.state === 'starting') {
      killWorker(turn, worker);
    } else if (worker.state !== 'stopping') {
      drainWorker(worker, turn.nowMs, killMs);
      finishWorker(turn, worker, 'stop', leftMs);
    }
  }
}

/** In each step while stopping: what is overdue is killed, and a process that has nothing left to do is ended. */
export function settleStop(turn: ServerTurn): void {
  const { server } = turn;
  const { stop } = server;
  if (stop === undefined || stop.isOver) {
    return;
  }
  if (turn.nowMs >= stop.deadlineMs) {
    if (stop.phase === 'interrupted') {
      killAll(turn, stop.code);
    } else if (stop.phase !== 'killing') {
      log(
        turn,
        'warning',
        `not everything ended in time (--graceful-timeout ${server.settings.gracefulTimeoutMs / 1000}); the rest is killed`,
      );
      killAll(turn, stop.code);
    } else {
      killRemains(turn);
    }
  }
  if (stop.phase !== 'edge') {
    eachApp(turn, endEmptyApp);
  }
  const isOver = appsOf(turn).every(({ workers, generations }) => workers.size === 0 && generations.size === 0);
  if (isOver && server.edge.state === 'ended') {
    stop.isOver = true;
    stop.deadlineMs = Number.POSITIVE_INFINITY;
    turn.actions.push({ kind: 'finish', code: stop.code });
  }
}

function endEmptyApp(turn: Turn): void {
  if (turn.fleet.workers.size === 0) {
    for (const generation of turn.fleet.generations.values()) {
      // One that was replaced, or whose reload was given up, has been told to end before.
      const isEnd = generation.state !== 'ending';
      endGeneration(turn, generation);
      stopZygote(turn, generation, isEnd);
    }
  }
}

/** Hooks hear of a quick end, in workers and zygotes, before what is left is killed. */
function interruptAll(turn: ServerTurn, code: number): void {
  const { server } = turn;
  const deadlineMs = turn.nowMs + SUPERVISOR_LIMITS.interruptMs;
  server.stop = { phase: 'interrupted', deadlineMs, code, isOver: false };
  if (server.edge.state !== 'ended') {
    turn.actions.push({ kind: 'stop-edge', deadlineMs: 0 });
  }
  eachApp(turn, (app) => {
    const halfMade = app.fleet.generations.get(app.fleet.next ?? 0);
    if (halfMade !== undefined) {
      endGeneration(app, halfMade);
    }
    for (const worker of app.fleet.workers.values()) {
      if (app.fleet.settings.hasHooks !== true || worker.state === 'starting') {
        killWorker(app, worker);
      } else if (worker.state !== 'stopping') {
        interruptWorker(app, worker);
      }
    }
  });
}

function killAll(turn: ServerTurn, code: number): void {
  const { server } = turn;
  server.stop = { phase: 'killing', deadlineMs: turn.nowMs + SUPERVISOR_LIMITS.quickStopMs, code, isOver: false };
  if (server.edge.state !== 'ended') {
    turn.actions.push({ kind: 'stop-edge', deadlineMs: 0 });
  }
  eachApp(turn, (app) => {
    for (const worker of app.fleet.workers.values()) {
      killWorker(app, worker);
    }
    const served = app.fleet.current ?? app.fleet.next;
    for (const generation of app.fleet.generations.values()) {
      generation.state = 'ending';
      stopZygote(app, generation, generation.id === served);
    }
  });
}

/** What has not ended in the time after a quick stop is killed. */
function killRemains(turn: ServerTurn): void {
  const { server } = turn;
  if (server.stop !== undefined) {
    server.stop.deadlineMs = turn.nowMs + SUPERVISOR_LIMITS.quickStopMs;
  }
  if (server.edge.state !== 'ended') {
    turn.actions.push({ kind: 'kill-edge' });
  }
  eachApp(turn, (app) => {
    for (const generation of app.fleet.generations.values()) {
      killZygote(app, generation);
    }
  });
}
