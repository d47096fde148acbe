/**
 * The request lane of a worker with an event loop: streams side by side, in any order (docs/lanes.md). It cuts frames and finds the call
 * that each is for. It decides nothing: the gateway does.
 */

import { FrameReader } from '../../protocol/lanes/frame-reader.ts';
import { FRAME, readWords } from '../../protocol/lanes/frames.ts';
import type { BlockPool } from '../../relay/body/block-pool.ts';
import { LaneOutput } from '../lanes/lane-output.ts';
import type { LaneSocket } from '../lanes/lane-socket.ts';
import { passResponse } from '../lanes/pass-response.ts';
import type { WorkerHeadMemo } from '../lanes/response-head.ts';
import type { LaneIdentity } from '../serial/serial-lane.ts';
import type { Carrier, ConcurrentCall } from './concurrent-call.ts';

export interface ConcurrentIdentity extends LaneIdentity {
  /** How many streams the worker takes at a time, from all edge threads together. */
  readonly capacity: number;
}

/** What a lane tells the gateway. */
export interface ConcurrentOwner {
  readonly memo: WorkerHeadMemo;
  readonly blocks: BlockPool;
  nextStream(): number;
  onDirty(output: LaneOutput): void;
  /** A stream has ended. */
  onEnded(lane: ConcurrentLane, call: ConcurrentCall): void;
  /** All that one read brought has been handled. */
  onRead(lane: ConcurrentLane): void;
  onFile(lane: ConcurrentLane, call: ConcurrentCall, payload: Buffer): void;
  /** The worker gives back requests, and takes no more. */
  onRecalled(lane: ConcurrentLane, streams: readonly number[]): void;
  onFault(lane: ConcurrentLane, fault: string): void;
  /** An error of ours in what a frame has brought for a stream. */
  onBug(lane: ConcurrentLane, call: ConcurrentCall, error: unknown): void;
}

export class ConcurrentLane implements Carrier {
  readonly worker: number;
  /** The worker's name, as the log has it. */
  readonly name: string;
  readonly unit: number;
  readonly slot: number;
  readonly pid: number;
  readonly capacity: number;
  readonly output: LaneOutput;
  /** By stream, in the order in which they were sent. */
  readonly calls: Map<number, ConcurrentCall> = new Map<number, ConcurrentCall>();
  usedAt = 0;
  isActive = false;
  isDraining = false;
  isLost = false;
  /** The worker takes no requests any more, and ends when those that run have ended. */
  isLeaving = false;
  /** The worker's loop does not turn any more, and its end is decided. */
  isStuck = false;
  /** When PING was sent that has not been answered; 0: none is under way. */
  pingedAtMs = 0;

  readonly #socket: LaneSocket;
  readonly #owner: ConcurrentOwner;
  readonly #reader = new FrameReader();

  constructor(socket: LaneSocket, identity: ConcurrentIdentity, owner: ConcurrentOwner) {
    this.#socket = socket;
    this.#owner = owner;
    this.output = new LaneOutput(socket, owner.blocks, (output) => owner.onDirty(output));
    this.worker = identity.worker;
    this.name = identity.name;
    this.unit = identity.unit;
    this.slot = identity.slot;
    this.pid = identity.pid;
    this.capacity = identity.capacity;
  }

  get isOpen(): boolean {
    return this.isActive && !this.isDraining && !this.isLeaving && !this.isLost && !this.isStuck;
  }

  send(call: ConcurrentCall): void {
    const stream = this.#owner.nextStream();
    this.calls.set(stream, call);
    call.sendOn(this, stream);
  }

  /** The client is gone. */
  abort(stream: number): void {
    this.output.frame(FRAME.abort, stream);
  }

  ping(nowMs: number): void {
    this.pingedAtMs = nowMs;
    this.output.frame(FRAME.ping, 0);
  }

  drain(): void {
    this.isActive = false;
    if (!this.isDraining) {
      this.isDraining = true;
      this.output.frame(FRAME.drain, 0);
    }
  }

  /** A response that is not read holds its own stream by credit, never the lane. */
  pause(): void {
    throw new Error('a concurrent lane is not paused');
  }

  resume(): void {
    throw new Error('a concurrent lane is not paused');
  }

  /** The worker's bytes from `from` to `to`, borrowed; those before `from` are free to be used. */
  onBytes(buffer: Buffer, from: number, to: number): void {
    const reader = this.#reader;
    reader.feed(buffer, from, to);
    while (reader.next()) {
      const fault = this.#passFrame(reader);
      if (fault !== undefined) {
        this.#owner.onFault(this, fault);
        return;
      }
    }
    if (reader.fault !== undefined) {
      this.#owner.onFault(this, reader.fault);
      return;
    }
    this.#owner.onRead(this);
  }

  /** An error of ours in one stream ends that stream: the others share the lane, and have no part in it. */
  #passFrame(reader: FrameReader): string | undefined {
    try {
      return this.#onFrame(reader);
    } catch (error) {
      const call = this.calls.get(reader.stream);
      if (call === undefined) {
        throw error;
      }
      this.#owner.onBug(this, call, error);
      return undefined;
    }
  }

  /** Returns what the worker did wrong, if it did. */
  #onFrame(reader: FrameReader): string | undefined {
    const { type, stream, buffer, start, end } = reader;
    const call = this.calls.get(stream);
    if (call === undefined) {
      if (type === FRAME.pong) {
        this.pingedAtMs = 0;
        return undefined;
      }
      if (type === FRAME.recalled) {
        this.#owner.onRecalled(this, readWords(buffer, start, end));
        return undefined;
      }
      // A worker that was given up has lost its streams, and goes on sending because it does not know.
      return this.isStuck ? undefined : `frame ${type} for stream ${stream}, which is not open`;
    }
    switch (type) {
      case FRAME.responseWhole:
      case FRAME.response:
        return passResponse(reader, this.#owner.memo, call, this);
      case FRAME.data:
        if (!call.hasBegun && !call.isOver) {
          return 'a response that begins with its body';
        }
        call.onData(buffer, start, end, reader.isContinued);
        return undefined;
      case FRAME.end:
        this.endCall(call);
        call.onEnd();
        return undefined;
      case FRAME.failed:
        this.endCall(call);
        call.fail(500, buffer.toString('utf8', start, end));
        return undefined;
      case FRAME.workerCredit:
        call.onCredit(end - start === 4 ? buffer.readUInt32LE(start) : 0);
        return undefined;
      case FRAME.file:
        this.#owner.onFile(this, call, Buffer.from(buffer.subarray(start, end)));
        return undefined;
      case FRAME.hints:
        return call.onHints(buffer.latin1Slice(start, end));
      case FRAME.trailers:
        return call.onTrailers(buffer.latin1Slice(start, end));
      default:
        return call.onWebSocketFrame(type, buffer, start, end);
    }
  }

  /** The worker has ended the stream. */
  endCall(call: ConcurrentCall): void {
    this.calls.delete(call.stream);
    call.onStreamEnded();
    this.#owner.onEnded(this, call);
  }

  close(): void {
    this.isLost = true;
    this.output.close();
    this.#socket.destroy();
  }
}
