/** The worker's side, made up for tests: sockets that keep what is written to them, a unit at the other end of a lane, the board. */

import { FrameReader } from '../protocol/lanes/frame-reader.ts';
import { FRAME, renderFrame, renderWords } from '../protocol/lanes/frames.ts';
import type { Board } from './lanes/board.ts';
import type { BytesHolder, LaneSocket } from './lanes/lane-socket.ts';
import type { SerialLane } from './serial/serial-lane.ts';

export interface WrittenFrame {
  readonly type: number;
  readonly stream: number;
  readonly payload: Buffer;
}

export class FakeSocket implements LaneSocket {
  readonly writes: Buffer[] = [];
  /** The kernel takes nothing at once: what is written stays the writer's memory. */
  isFull = false;
  isPaused = false;
  isDestroyed = false;
  readonly #held: (() => void)[] = [];
  readonly #reader = new FrameReader();
  #readWrites = 0;

  write(bytes: Buffer, holder?: BytesHolder): boolean {
    this.writes.push(this.isFull ? bytes : Buffer.from(bytes));
    if (this.isFull) {
      this.#held.push(() => holder?.release(bytes));
    }
    return !this.isFull;
  }

  /** The kernel has taken all that it had no room for. */
  takeHeld(): void {
    for (const release of this.#held.splice(0)) {
      release();
    }
  }

  pause(): void {
    this.isPaused = true;
  }

  resume(): void {
    this.isPaused = false;
  }

  destroy(): void {
    this.isDestroyed = true;
  }

  /** The frames that were written since this was last asked. */
  takeFrames(): WrittenFrame[] {
    const frames: WrittenFrame[] = [];
    const reader = this.#reader;
    for (const bytes of this.writes.slice(this.#readWrites)) {
      reader.feed(bytes, 0, bytes.length);
      while (reader.next()) {
        const payload = Buffer.from(reader.buffer.subarray(reader.start, reader.end));
        frames.push({ type: reader.type, stream: reader.stream, payload });
      }
    }
    this.#readWrites = this.writes.length;
    return frames;
  }

  /** The same of a control lane: `recall unit`, `abort unit stream`. */
  takeOrders(): string[] {
    return this.takeFrames().map(({ type, payload }) => {
      const words = Array.from({ length: payload.length / 4 }, (_, index) => payload.readUInt32LE(index * 4));
      return [type === FRAME.recall ? 'recall' : type === FRAME.abort ? 'abort' : type, ...words].join(' ');
    });
  }
}

export interface ReadRequest {
  readonly flags: number;
  readonly request: readonly string[];
  readonly slot: number;
  /** [''] if the slot has it. */
  readonly block: readonly string[];
  readonly body: Buffer;
}

export function readRequest({ payload }: WrittenFrame): ReadRequest {
  const blockAt = 12 + payload.readUInt32LE(4);
  const bodyAt = blockAt + payload.readUIntLE(8, 3);
  return {
    flags: payload.readUInt32LE(0),
    request: payload.latin1Slice(12, blockAt).split('\0'),
    slot: payload.readUInt8(11),
    block: payload.latin1Slice(blockAt, bodyAt).split('\0'),
    body: payload.subarray(bodyAt),
  };
}

export function responseFrame(type: number, stream: number, body = '', head = '200 OK'): Buffer {
  const size = Buffer.alloc(4);
  size.writeUInt32LE(Buffer.byteLength(head, 'latin1'));
  return renderFrame(type, stream, Buffer.concat([size, Buffer.from(head, 'latin1'), Buffer.from(body)]));
}

export interface PendingRequest {
  readonly stream: number;
  /** Its path without the slash. */
  readonly name: string;
}

/** A thread of a worker at the other end of a lane: it does nothing by itself. */
export class FakeUnit {
  readonly socket: FakeSocket = new FakeSocket();
  readonly lane: SerialLane;
  /** Received and not answered, first to last; only `receive` adds to them. */
  readonly pending: PendingRequest[] = [];
  isDrained = false;

  constructor(connect: (socket: LaneSocket) => SerialLane) {
    this.lane = connect(this.socket);
  }

  /** The names of the requests that came since this was last asked. */
  receive(): string[] {
    const names: string[] = [];
    for (const frame of this.socket.takeFrames()) {
      if (frame.type === FRAME.drain) {
        this.isDrained = true;
        continue;
      }
      const name = readRequest(frame).request[3]?.slice(1) ?? '';
      this.pending.push({ stream: frame.stream, name });
      names.push(name);
    }
    return names;
  }

  /** The edge reads all this at once. */
  send(...frames: readonly Buffer[]): void {
    const bytes = Buffer.concat(frames);
    this.lane.onBytes(bytes, 0, bytes.length);
  }

  /** Answers the first requests with their names. */
  answer(count = 1): void {
    this.receive();
    const answers = this.pending.splice(0, count);
    this.send(...answers.map(({ stream, name }) => responseFrame(FRAME.responseWhole, stream, name)));
  }

  /** Gives back all but the first `kept`, last to first as the worker's helper thread does. */
  giveBack(kept = 1): void {
    this.receive();
    const streams = this.pending.splice(kept).map(({ stream }) => stream);
    this.send(renderWords(FRAME.recalled, 0, streams.reverse()));
  }

  streamOf(name: string): number {
    this.receive();
    return this.pending.find((request) => request.name === name)?.stream ?? 0;
  }
}

/** Names the stream that was started last, by slot. */
export class FakeBoard {
  readonly started: Map<number, number> = new Map<number, number>();

  get asBoard(): Board {
    return this as unknown as Board;
  }

  lastStarted(slot: number): number {
    return this.started.get(slot) ?? 0;
  }
}
