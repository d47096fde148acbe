/** The lanes of an edge thread and the control lanes of their workers: who is given requests, who is drained, who is quiet. */

import { FRAME, renderWords } from '../../protocol/lanes/frames.ts';
import type { LaneSocket } from '../lanes/lane-socket.ts';
import type { SerialLane } from './serial-lane.ts';

export class LaneSet {
  readonly #lanes: SerialLane[] = [];
  readonly #controls = new Map<number, LaneSocket>();
  readonly #onQuiet: (worker: number) => void;
  #active: ReadonlySet<number> = new Set();
  #draining: ReadonlySet<number> = new Set();

  /** `onQuiet`: nothing is left on the lanes of a worker that is no longer active, but what was reported stuck. */
  constructor(onQuiet: (worker: number) => void) {
    this.#onQuiet = onQuiet;
  }

  get lanes(): readonly SerialLane[] {
    return this.#lanes;
  }

  add(lane: SerialLane): void {
    this.#lanes.push(lane);
    this.#follow(lane);
  }

  /** False if it was not there any more. */
  remove(lane: SerialLane): boolean {
    const at = this.#lanes.indexOf(lane);
    if (at === -1) {
      return false;
    }
    this.#lanes.splice(at, 1);
    lane.close();
    return true;
  }

  addControl(worker: number, socket: LaneSocket): void {
    this.#controls.set(worker, socket);
  }

  removeControl(worker: number, socket: LaneSocket): void {
    if (this.#controls.get(worker) !== socket) {
      return;
    }
    this.#controls.delete(worker);
    // What was asked of the worker there may never have reached it.
    for (const lane of this.#lanes.filter((each) => each.identity.worker === worker)) {
      lane.isRecalled = false;
    }
  }

  /**
   * The whole set of workers that are to get requests; the lane of another is drained if it was active or if its worker is `draining`:
   * this edge may be younger than the worker, and has never seen it active.
   */
  setActive(active: ReadonlySet<number>, draining: ReadonlySet<number>): void {
    this.#active = active;
    this.#draining = draining;
    for (const lane of this.#lanes) {
      this.#follow(lane);
    }
  }

  #follow(lane: SerialLane): void {
    const { worker } = lane.identity;
    if (this.#active.has(worker)) {
      lane.tell('activated');
    } else if (lane.state === 'active' || (lane.state === 'new' && this.#draining.has(worker))) {
      this.#drain(lane);
    }
  }

  #drain(lane: SerialLane): void {
    lane.tell('retired');
    if (lane.depth > 1 && !lane.isRecalled) {
      this.recall(lane);
    }
    this.finishDrain(lane);
  }

  /** DRAIN goes out behind the last request, once nothing can come back from the lane. */
  finishDrain(lane: SerialLane): void {
    if (lane.state === 'draining' && !lane.isRecalled && lane.depth === 0) {
      lane.tell('drained');
      lane.sendFrame(FRAME.drain, 0);
    }
    const { worker } = lane.identity;
    const siblings = this.#lanes.filter((other) => other.identity.worker === worker);
    if (siblings.every((other) => other.state === 'drained' || (other.pace === 'stuck' && other.depth <= 1))) {
      this.#onQuiet(worker);
    }
  }

  /** Asks the worker for what it has not started; its answer ends the recall. */
  recall(lane: SerialLane): void {
    lane.isRecalled = this.#control(lane, FRAME.recall, [lane.identity.unit]);
  }

  /** Tells the worker that nobody waits for this response. */
  abort(lane: SerialLane, stream: number): void {
    if (lane.state !== 'lost') {
      this.#control(lane, FRAME.abort, [lane.identity.unit, stream]);
    }
  }

  /** False if the worker has no control lane yet, or any more. */
  #control(lane: SerialLane, type: number, words: readonly number[]): boolean {
    const socket = this.#controls.get(lane.identity.worker);
    socket?.write(renderWords(type, 0, words));
    return socket !== undefined;
  }
}
