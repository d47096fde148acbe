/** Looks at lanes on which a request takes long: what waits behind it is asked back, and in the end it is reported and given up. */

import type { Board } from '../lanes/board.ts';
import { isRetired } from '../lanes/lane-state.ts';
import type { StuckRequest } from '../stuck-request.ts';
import type { ReportRoom } from '../tell-running.ts';
import { tellRunning } from '../tell-running.ts';
import type { LaneReport } from '../worker-tally.ts';
import type { LaneSet } from './lane-set.ts';
import { recallAfterMs } from './schedule.ts';
import type { SerialLane } from './serial-lane.ts';
import type { SerialCall } from './serial-request.ts';

export interface LaneWatchOptions {
  readonly lanes: LaneSet;
  readonly board: Board;
  /** 0: a request may take as long as it likes. */
  readonly timeoutMs: number;
  /** Requests on the lane's unit, of all edge threads. */
  readonly loadOf: (lane: SerialLane) => number;
  onStuck(stuck: StuckRequest): void;
}

export class LaneWatch {
  readonly #options: LaneWatchOptions;

  constructor(options: LaneWatchOptions) {
    this.#options = options;
  }

  /** Asks back what waits behind slow requests; whether there was anything. */
  recallSlow(nowMs: number): boolean {
    const { lanes, loadOf } = this.#options;
    let hasRecalled = false;
    for (const lane of lanes.lanes) {
      const others = loadOf(lane) - lane.depth;
      if (lane.depth > 0 && nowMs - lane.frontSinceMs > recallAfterMs(lane.meanServiceUs, lane.depth, others)) {
        lane.noteSlow();
        // If another thread's request runs on the unit, the first call of this lane has not begun either.
        if ((lane.depth > 1 || others > 0) && !lane.isRecalled) {
          lanes.recall(lane);
          hasRecalled ||= lane.isRecalled;
        }
      } else if (lane.depth === 0 && others === 0) {
        lane.notePrompt();
      }
    }
    return hasRecalled;
  }

  /** The edge was away for so long, and no request has taken that time. */
  forgive(awayMs: number, nowMs: number): void {
    for (const lane of this.#options.lanes.lanes) {
      lane.frontSinceMs = Math.min(nowMs, lane.frontSinceMs + awayMs);
    }
  }

  /** Nothing is on the lanes any more, and nobody looks at them until something is. */
  rest(): void {
    for (const lane of this.#options.lanes.lanes) {
      lane.notePrompt();
    }
  }

  /** Answers 504 for a request that has run too long, and reports it; the end of its worker is decided by that. */
  checkTimeouts(nowMs: number): void {
    const { lanes, timeoutMs } = this.#options;
    if (timeoutMs === 0) {
      return;
    }
    for (const lane of lanes.lanes) {
      const ranMs = nowMs - lane.frontSinceMs;
      if (lane.depth === 0 || ranMs <= timeoutMs || lane.pace === 'stuck' || lane.isHeld) {
        continue;
      }
      const call = this.#runningOn(lane, ranMs > 2 * timeoutMs);
      if (call !== undefined && !call.isTunnelled) {
        this.#giveUp(lane, call, ranMs);
      }
    }
  }

  /** The request that runs on a lane, if it is known that one does. */
  report(lane: SerialLane, nowMs: number, room: ReportRoom): LaneReport {
    const call = lane.depth === 0 ? undefined : this.#runningOn(lane, false);
    const running = tellRunning(call === undefined ? [] : [call], room, () => ({
      stage: call?.isTunnelled === true ? 'connected' : call?.hasBegun === true ? 'answering' : 'running',
      ms: nowMs - lane.frontSinceMs,
    }));
    return { lane, isStuck: lane.pace === 'stuck', runningCount: call === undefined ? 0 : 1, running };
  }

  /**
   * Which call takes so long. Usually it is the first of the lane. But calls before it may be answered and not sent yet, if it holds the interpreter; and if no
   * call of this lane has begun, a request of another thread runs on the unit, which that thread is to report. `isOverdue`: no thread has done so for long, so
   * a call of this lane has to be reported.
   */
  #runningOn(lane: SerialLane, isOverdue: boolean): SerialCall | undefined {
    const { board, loadOf } = this.#options;
    const started = board.lastStarted(lane.slot);
    const running = lane.calls.find((call) => call.stream === started);
    return running ?? (isOverdue || loadOf(lane) === lane.depth ? lane.calls.peek() : undefined);
  }

  #giveUp(lane: SerialLane, call: SerialCall, ranMs: number): void {
    lane.pace = 'stuck';
    if (isRetired(lane.state)) {
      this.#options.lanes.finishDrain(lane);
    }
    const { requestId, method, target } = call.exchange;
    const { worker, pid, unit } = lane.identity;
    const seconds = Math.round(ranMs / 1000);
    this.#options.onStuck({ worker, pid, unit, requestId, method, path: target, seconds, isLoop: false });
    call.fail(504);
  }
}
