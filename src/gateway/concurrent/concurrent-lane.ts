/**
 * The request lane of a worker with an event loop: streams side by side, in any order (docs/lanes.md). It cuts frames and finds the call
 * that each is for. It decides nothing: the gateway does.
 */

import type { UnitCounts } from '../../protocol/control/report.ts';
import { newUnitCounts, nextServiceMean } from '../../protocol/control/report.ts';
import { FrameReader } from '../../protocol/lanes/frame-reader.ts';
import { FRAME, readWords } from '../../protocol/lanes/frames.ts';
import type { CallLane } from '../call.ts';
import type { CallServices } from '../call-services.ts';
import type { LaneIdentity } from '../lanes/lane-identity.ts';
import { LaneOutput } from '../lanes/lane-output.ts';
import type { LaneSocket } from '../lanes/lane-socket.ts';
import type { LaneFact, LanePace, LaneState } from '../lanes/lane-state.ts';
import { nextLaneState } from '../lanes/lane-state.ts';
import { passFields } from '../lanes/pass-fields.ts';
import { NOT_AN_ANSWER, passFrame } from '../lanes/pass-frame.ts';
import type { ReportRoom } from '../tell-running.ts';
import { tellRunning } from '../tell-running.ts';
import type { LaneReport } from '../worker-tally.ts';
import type { StreamCall } from './stream-call.ts';

export interface ConcurrentIdentity extends LaneIdentity {
  /** How many streams the worker takes at a time, from all edge threads together. */
  readonly capacity: number;
}

/** What a lane tells the gateway. */
export interface ConcurrentOwner {
  /** A stream has ended. */
  onEnded(lane: ConcurrentLane, call: StreamCall): void;
  /** All that one read brought has been handled. */
  onRead(lane: ConcurrentLane): void;
  onFile(lane: ConcurrentLane, call: StreamCall, payload: Buffer): void;
  /** The worker gives back requests, and takes no more. */
  onRecalled(lane: ConcurrentLane, streams: readonly number[]): void;
  onFault(lane: ConcurrentLane, fault: string): void;
  /** An error of ours in what a frame has brought for a stream. */
  onBug(lane: ConcurrentLane, call: StreamCall, error: unknown): void;
}

export class ConcurrentLane implements CallLane {
  readonly identity: LaneIdentity;
  readonly slot: number;
  readonly capacity: number;
  readonly output: LaneOutput;
  readonly counts: UnitCounts = newUnitCounts();
  /** By stream, in the order in which they were sent. */
  readonly calls: Map<number, StreamCall> = new Map<number, StreamCall>();
  usedAt = 0;
  state: LaneState = 'new';
  pace: LanePace = 'prompt';
  /** When PING was sent that has not been answered; 0: none is under way. */
  pingedAtMs = 0;

  readonly #socket: LaneSocket;
  readonly #services: CallServices;
  readonly #owner: ConcurrentOwner;
  readonly #reader = new FrameReader();
  /** When this turn of the event loop began to send on the lane, and when the bytes that are being read came: the clock is not asked for each request. */
  #sendingMs = 0;
  #readingMs = 0;

  constructor(socket: LaneSocket, identity: ConcurrentIdentity, services: CallServices, owner: ConcurrentOwner) {
    this.#socket = socket;
    this.#services = services;
    this.#owner = owner;
    this.output = new LaneOutput(socket, services.blocks, (output) => {
      this.#sendingMs = services.monotonicMs();
      services.onDirty(output);
    });
    this.identity = identity;
    this.slot = identity.slot;
    this.capacity = identity.capacity;
  }

  get isOpen(): boolean {
    return this.state === 'active' && this.pace === 'prompt';
  }

  /** It has had requests, or could have, and has not been told that none will follow. */
  get mayRetire(): boolean {
    return this.state === 'active' || this.state === 'leaving';
  }

  tell(fact: LaneFact): void {
    this.state = nextLaneState(this.state, fact);
  }

  send(call: StreamCall): void {
    const stream = this.#services.nextStream();
    this.calls.set(stream, call);
    call.lane = this;
    call.stream = stream;
    call.side.send(this, stream);
    call.onLaneSinceMs = this.#sendingMs;
  }

  /** The client is gone. */
  abort(stream: number): void {
    this.output.frame(FRAME.abort, stream);
  }

  ping(nowMs: number): void {
    this.pingedAtMs = nowMs;
    this.output.frame(FRAME.ping, 0);
  }

  /** No request will follow. */
  drain(): void {
    if (this.state !== 'draining') {
      this.tell('retired');
      this.output.frame(FRAME.drain, 0);
    }
  }

  /** The worker's bytes from `from` to `to`, borrowed; those before `from` are free to be used. */
  onBytes(buffer: Buffer, from: number, to: number): void {
    const reader = this.#reader;
    this.#readingMs = this.#services.monotonicMs();
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
      return this.pace === 'stuck' ? undefined : `frame ${type} for stream ${stream}, which is not open`;
    }
    const fault = passFrame(reader, this.#services.memo, call, this);
    return fault === NOT_AN_ANSWER ? this.#onStreamFrame(reader, call) : fault;
  }

  /** A frame that only streams have. */
  #onStreamFrame({ type, buffer, start, end }: FrameReader, call: StreamCall): string | undefined {
    switch (type) {
      case FRAME.workerCredit:
        call.side.onCredit(end - start === 4 ? buffer.readUInt32LE(start) : 0);
        return undefined;
      case FRAME.hints:
      case FRAME.trailers:
        return passFields(type, buffer.latin1Slice(start, end), call);
      default:
        return call.side.onWebSocketFrame(type, buffer, start, end);
    }
  }

  passFile(call: StreamCall, payload: Buffer): void {
    this.#owner.onFile(this, call, payload);
  }

  /** The worker has ended the stream. */
  endCall(call: StreamCall): void {
    this.calls.delete(call.stream);
    call.lane = undefined;
    this.#count(call);
    call.side.onStreamEnded();
    this.#owner.onEnded(this, call);
  }

  #count({ side, isTunnelled, onLaneSinceMs }: StreamCall): void {
    const { counts } = this;
    counts.requests += 1;
    // How long a WebSocket was open says nothing about requests.
    if (!side.isWebSocket && !isTunnelled) {
      const us = (this.#readingMs - onLaneSinceMs) * 1000;
      counts.busyUs += us;
      counts.meanUs = nextServiceMean(counts.meanUs, us);
    }
  }

  /** What runs on it. */
  report(nowMs: number, room: ReportRoom): LaneReport {
    const running = tellRunning(this.calls.values(), room, (call) => ({
      stage:
        (call as StreamCall).side.isWebSocket || call.isTunnelled
          ? 'connected'
          : call.hasBegun
            ? 'answering'
            : 'running',
      ms: nowMs - call.onLaneSinceMs,
    }));
    return { lane: this, isStuck: this.pace === 'stuck', runningCount: this.calls.size, running };
  }

  close(): void {
    this.tell('lost');
    this.output.close();
    this.#socket.destroy();
  }
}
