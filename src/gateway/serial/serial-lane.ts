/**
 * One request lane: frames out to a worker's thread, frames back. It knows the order of its calls, hence which of them runs,
 * and measures how long they take. It decides nothing: the gateway does.
 */

import { Deque } from '../../kernel/deque.ts';
import type { UnitCounts } from '../../protocol/control/report.ts';
import { newUnitCounts, nextServiceMean } from '../../protocol/control/report.ts';
import { FrameReader } from '../../protocol/lanes/frame-reader.ts';
import { FRAME, REQUEST_FLAG, readWords } from '../../protocol/lanes/frames.ts';
import type { CallServices } from '../call-services.ts';
import type { LaneIdentity } from '../lanes/lane-identity.ts';
import { LaneOutput } from '../lanes/lane-output.ts';
import type { LaneSocket } from '../lanes/lane-socket.ts';
import type { LaneFact, LanePace, LaneState } from '../lanes/lane-state.ts';
import { nextLaneState } from '../lanes/lane-state.ts';
import { passFields } from '../lanes/pass-fields.ts';
import { NOT_AN_ANSWER, passFrame } from '../lanes/pass-frame.ts';
import type { LaneLoad } from './schedule.ts';
import { nextMean } from './schedule.ts';
import type { HeldLane, SerialCall } from './serial-request.ts';

/** What a lane tells the gateway. */
export interface SerialOwner {
  /** A request was answered to its end, and its place is free. */
  onAnswered(lane: SerialLane): void;
  /** Requests on the lane's unit, of all edge threads. */
  loadOf(lane: SerialLane): number;
  /** All that one read brought has been handled. */
  onRead(lane: SerialLane): void;
  onFile(lane: SerialLane, call: SerialCall, payload: Buffer): void;
  onRecalled(lane: SerialLane, streams: readonly number[]): void;
  onFault(lane: SerialLane, fault: string): void;
  /** Nobody waits for this response any more. */
  onAborted(lane: SerialLane, stream: number): void;
}

export class SerialLane implements LaneLoad, HeldLane {
  readonly identity: LaneIdentity;
  readonly slot: number;
  readonly calls: Deque<SerialCall> = new Deque<SerialCall>();
  readonly output: LaneOutput;
  readonly counts: UnitCounts = newUnitCounts();
  meanServiceUs: number = Infinity;
  usedAt = 0;
  /** When the first call became the first, or was sent to an idle lane. */
  frontSinceMs = 0;
  state: LaneState = 'new';
  pace: LanePace = 'prompt';
  /** The worker was asked for what it has not started, and has not answered. */
  isRecalled = false;

  readonly #socket: LaneSocket;
  readonly #services: CallServices;
  readonly #owner: SerialOwner;
  readonly #reader = new FrameReader();
  /** Calls that were answered by the bytes that are being read. */
  #answeredCount = 0;
  #heldSinceMs = Infinity;

  constructor(socket: LaneSocket, identity: LaneIdentity, services: CallServices, owner: SerialOwner) {
    this.#socket = socket;
    this.#services = services;
    this.#owner = owner;
    this.output = new LaneOutput(socket, services.blocks, (output) => services.onDirty(output));
    this.identity = identity;
    this.slot = identity.slot;
  }

  get depth(): number {
    return this.calls.size;
  }

  get isOpen(): boolean {
    return this.state === 'active' && this.pace === 'prompt' && !this.isRecalled && !this.isHeld;
  }

  tell(fact: LaneFact): void {
    this.state = nextLaneState(this.state, fact);
  }

  /** Its first request takes long. */
  noteSlow(): void {
    if (this.pace === 'prompt') {
      this.pace = 'slow';
    }
  }

  /** It has answered, or has nothing more to answer. */
  notePrompt(): void {
    if (this.pace === 'slow') {
      this.pace = 'prompt';
    }
  }

  send(call: SerialCall): void {
    const stream = this.#services.nextStream();
    call.lane = this;
    call.stream = stream;
    if (this.calls.size === 0) {
      this.frontSinceMs = this.#services.monotonicMs();
    }
    this.calls.push(call);
    const { body } = call;
    const flags =
      body === undefined
        ? call.requestFlags
        : body.file === undefined
          ? REQUEST_FLAG.body
          : REQUEST_FLAG.body | REQUEST_FLAG.bodyInFile;
    this.output.request(stream, call, flags, body?.bytes);
  }

  abort(stream: number): void {
    this.#owner.onAborted(this, stream);
  }

  /** A frame that is rare. */
  sendFrame(type: number, stream: number): void {
    this.output.frame(type, stream);
  }

  /** Takes out the calls that the worker gave back, in their order: the last ones, or a first one whose client has gone. */
  takeBack(streams: ReadonlySet<number>): SerialCall[] {
    const back: SerialCall[] = [];
    const first = this.calls.peek();
    for (const call of this.calls.takeAll()) {
      if (streams.has(call.stream)) {
        back.push(call);
      } else {
        this.calls.push(call);
      }
    }
    if (this.calls.peek() !== first) {
      this.frontSinceMs = this.#services.monotonicMs();
    }
    return back;
  }

  /** The worker has to wait for the client of its first request, or for a file: that time is not counted as the application's. */
  pause(): void {
    this.#heldSinceMs = this.#services.monotonicMs();
    this.#socket.pause();
  }

  resume(): void {
    if (this.isHeld) {
      this.frontSinceMs += this.#services.monotonicMs() - this.#heldSinceMs;
      this.#heldSinceMs = Infinity;
    }
    this.#socket.resume();
  }

  get isHeld(): boolean {
    return this.#heldSinceMs !== Infinity;
  }

  /** The worker's bytes from `from` to `to`, borrowed; those before `from` are free to be used. */
  onBytes(buffer: Buffer, from: number, to: number): void {
    const reader = this.#reader;
    reader.feed(buffer, from, to);
    this.#answeredCount = 0;
    while (reader.next()) {
      const fault = this.#onFrame(reader);
      if (fault !== undefined) {
        this.#owner.onFault(this, fault);
        return;
      }
    }
    if (reader.fault !== undefined) {
      this.#owner.onFault(this, reader.fault);
      return;
    }
    if (this.#answeredCount > 0) {
      this.#measure(this.#answeredCount);
    }
    this.#owner.onRead(this);
  }

  #measure(answered: number): void {
    const nowMs = this.#services.monotonicMs();
    const eachUs = ((nowMs - this.frontSinceMs) * 1000) / answered;
    // The unit has run requests of other edge threads in between: as many, we assume, as it has of them now.
    const share = (answered + this.calls.size) / (answered + this.#owner.loadOf(this));
    const us = eachUs * share;
    this.meanServiceUs = nextMean(this.meanServiceUs, us);
    this.counts.busyUs += us * answered;
    this.counts.meanUs = nextServiceMean(this.counts.meanUs, us);
    this.frontSinceMs = nowMs;
    this.notePrompt();
  }

  /** Returns what the worker did wrong, if it did. */
  #onFrame(reader: FrameReader): string | undefined {
    if (reader.type === FRAME.recalled) {
      this.#owner.onRecalled(this, readWords(reader.buffer, reader.start, reader.end));
      return undefined;
    }
    const call = this.calls.peek();
    if (call === undefined || call.stream !== reader.stream) {
      return `frame ${reader.type} for stream ${reader.stream}, which is not the one that runs`;
    }
    const fault = passFrame(reader, this.#services.memo, call, this);
    if (fault !== NOT_AN_ANSWER) {
      return fault;
    }
    return reader.type === FRAME.hints
      ? passFields(reader.type, reader.buffer.latin1Slice(reader.start, reader.end), call)
      : `unknown frame type ${reader.type}`;
  }

  passFile(call: SerialCall, payload: Buffer): void {
    this.#owner.onFile(this, call, payload);
  }

  /** The first call is answered to its end. */
  endCall(): void {
    if (this.calls.shift()?.isTunnelled === true) {
      // How long a tunnel was open says nothing about requests.
      this.frontSinceMs = this.#services.monotonicMs();
    }
    this.#answeredCount += 1;
    this.counts.requests += 1;
    this.#owner.onAnswered(this);
  }

  close(): void {
    this.tell('lost');
    this.output.close();
    this.#socket.destroy();
  }
}
