/**
 * One request lane: frames out to a worker's thread, frames back. It knows the order of its calls, hence which of them runs,
 * and measures how long they take. It decides nothing: the gateway does.
 */

import { Deque } from '../../kernel/deque.ts';
import { FrameReader } from '../../protocol/lanes/frame-reader.ts';
import { FRAME, REQUEST_FLAG, readWords } from '../../protocol/lanes/frames.ts';
import type { BlockPool } from '../../relay/body/block-pool.ts';
import type { Call } from '../call.ts';
import { LaneOutput } from '../lanes/lane-output.ts';
import type { LaneSocket } from '../lanes/lane-socket.ts';
import { passResponse } from '../lanes/pass-response.ts';
import type { WorkerHeadMemo } from '../lanes/response-head.ts';
import type { LaneLoad } from './schedule.ts';
import { nextMean } from './schedule.ts';

export interface LaneIdentity {
  readonly worker: number;
  readonly name: string;
  readonly unit: number;
  readonly slot: number;
  readonly pid: number;
}

/** What a lane tells the gateway. */
export interface SerialOwner {
  readonly memo: WorkerHeadMemo;
  readonly blocks: BlockPool;
  monotonicMs(): number;
  nextStream(): number;
  /** Bytes wait to be written; `flush` is to be called before the loop goes to sleep. */
  onDirty(output: LaneOutput): void;
  /** A request was answered to its end, and its place is free. */
  onAnswered(lane: SerialLane): void;
  /** Requests on the lane's unit, of all edge threads. */
  loadOf(lane: SerialLane): number;
  /** All that one read brought has been handled. */
  onRead(lane: SerialLane): void;
  onFile(lane: SerialLane, call: Call, payload: Buffer): void;
  onRecalled(lane: SerialLane, streams: readonly number[]): void;
  onFault(lane: SerialLane, fault: string): void;
}

export class SerialLane implements LaneLoad {
  readonly worker: number;
  /** The worker's name, as the log has it. */
  readonly name: string;
  readonly unit: number;
  readonly slot: number;
  readonly pid: number;
  readonly calls: Deque<Call> = new Deque<Call>();
  readonly output: LaneOutput;
  meanServiceUs: number = Infinity;
  usedAt = 0;
  /** When the first call became the first, or was sent to an idle lane. */
  frontSinceMs = 0;
  isActive = false;
  isRecalled = false;
  isDraining = false;
  /** DRAIN was sent: the worker's thread ends. */
  isDrained = false;
  isLost = false;
  /** Its first request takes long: nothing is sent behind it until it is answered. */
  isSlow = false;
  /** Its first request has run into the timeout, and the end of the worker is decided. */
  isStuck = false;

  readonly #socket: LaneSocket;
  readonly #owner: SerialOwner;
  readonly #reader = new FrameReader();
  /** Calls that were answered by the bytes that are being read. */
  #answeredCount = 0;
  #heldSinceMs = Infinity;

  constructor(socket: LaneSocket, identity: LaneIdentity, owner: SerialOwner) {
    this.#socket = socket;
    this.#owner = owner;
    this.output = new LaneOutput(socket, owner.blocks, (output) => owner.onDirty(output));
    this.worker = identity.worker;
    this.name = identity.name;
    this.unit = identity.unit;
    this.slot = identity.slot;
    this.pid = identity.pid;
  }

  get depth(): number {
    return this.calls.size;
  }

  get isOpen(): boolean {
    const isWanted = this.isActive && !this.isDraining && !this.isLost;
    return isWanted && !this.isRecalled && !this.isSlow && !this.isStuck && !this.isHeld;
  }

  send(call: Call): void {
    const stream = this.#owner.nextStream();
    call.lane = this;
    call.stream = stream;
    if (this.calls.size === 0) {
      this.frontSinceMs = this.#owner.monotonicMs();
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

  /** A frame that is rare. */
  sendFrame(type: number, stream: number): void {
    this.output.frame(type, stream);
  }

  /** Takes out the calls that the worker gave back, in their order: the last ones, or a first one whose client has gone. */
  takeBack(streams: ReadonlySet<number>): Call[] {
    const back: Call[] = [];
    const first = this.calls.peek();
    for (const call of this.calls.takeAll()) {
      if (streams.has(call.stream)) {
        back.push(call);
      } else {
        this.calls.push(call);
      }
    }
    if (this.calls.peek() !== first) {
      this.frontSinceMs = this.#owner.monotonicMs();
    }
    return back;
  }

  /** The worker has to wait for the client of its first request, or for a file: that time is not counted as the application's. */
  pause(): void {
    this.#heldSinceMs = this.#owner.monotonicMs();
    this.#socket.pause();
  }

  resume(): void {
    if (this.isHeld) {
      this.frontSinceMs += this.#owner.monotonicMs() - this.#heldSinceMs;
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
    const nowMs = this.#owner.monotonicMs();
    const eachUs = ((nowMs - this.frontSinceMs) * 1000) / answered;
    // The unit has run requests of other edge threads in between: as many, we assume, as it has of them now.
    const share = (answered + this.calls.size) / (answered + this.#owner.loadOf(this));
    this.meanServiceUs = nextMean(this.meanServiceUs, eachUs * share);
    this.frontSinceMs = nowMs;
    this.isSlow = false;
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
    switch (reader.type) {
      case FRAME.responseWhole:
      case FRAME.response:
        return passResponse(reader, this.#owner.memo, call, this);
      case FRAME.data:
        if (!call.hasBegun && !call.isOver) {
          return 'a response that begins with its body';
        }
        call.onData(reader.buffer, reader.start, reader.end, reader.isContinued);
        return undefined;
      case FRAME.end:
        this.endCall();
        call.onEnd();
        return undefined;
      case FRAME.failed:
        this.endCall();
        call.fail(500, reader.buffer.toString('utf8', reader.start, reader.end));
        return undefined;
      case FRAME.file:
        this.#owner.onFile(this, call, Buffer.from(reader.buffer.subarray(reader.start, reader.end)));
        return undefined;
      default:
        return `unknown frame type ${reader.type}`;
    }
  }

  /** The first call is answered to its end. */
  endCall(): void {
    if (this.calls.shift()?.isTunnelled === true) {
      // How long a tunnel was open says nothing about requests.
      this.frontSinceMs = this.#owner.monotonicMs();
    }
    this.#answeredCount += 1;
    this.#owner.onAnswered(this);
  }

  close(): void {
    this.isLost = true;
    this.output.close();
    this.#socket.destroy();
  }
}
