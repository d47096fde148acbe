/** What leaves on a lane: frames are collected in one piece of memory, and what one turn of the event loop brings leaves in few writes. */

import { FRAME, FRAME_HEADER_BYTES, FRAME_LIMITS, writeFrameHeader } from '../../protocol/lanes/frames.ts';
import type { BlockPool } from '../../relay/body/block-pool.ts';
import type { BodyBytes } from '../../relay/body/body-bytes.ts';
import { GATEWAY_LIMITS } from '../limits.ts';
import type { BytesHolder, LaneSocket } from './lane-socket.ts';

const OUT_BYTES = 64 * 1024;
const REQUEST_HEAD_BYTES = 12;
/** The slot is the highest byte of the word with the block part's size. */
const SLOT_UNIT = 0x100_0000;
/**
 * How many requests leave in one write: the worker begins with these while the edge reads the next ones from their clients. With all of a lane's 64 in one
 * write, edge and worker worked in turns.
 */
const REQUESTS_TOGETHER_MAX = 16;

/** The head of a request in its two parts, latin-1 (docs/lanes.md). */
export interface LaneHead {
  readonly request: string;
  readonly block: string;
  /** The slot in which the worker keeps the block part; `blockSlots` if it does not keep it; undefined for workers that never keep any. */
  readonly slot?: number;
}

export class LaneOutput implements BytesHolder {
  readonly #socket: LaneSocket;
  readonly #pool: BlockPool;
  readonly #onDirty: (output: LaneOutput) => void;
  #out: Buffer;
  #outBytes = 0;
  #requests = 0;
  /** By slot, the block parts that the worker has. */
  #kept: string[] | undefined;
  #isDirty = false;
  #isClosed = false;

  /** `onDirty`: bytes wait to be written; `flush` is to be called before the loop goes to sleep. */
  constructor(socket: LaneSocket, pool: BlockPool, onDirty: (output: LaneOutput) => void) {
    this.#socket = socket;
    this.#pool = pool;
    this.#out = pool.take(OUT_BYTES);
    this.#onDirty = onDirty;
  }

  /** A REQUEST frame; `body` is what goes in it. */
  request(stream: number, head: LaneHead, flags: number, body: BodyBytes | undefined): void {
    const { request, slot = 0 } = head;
    const block = head.slot !== undefined && this.#isKept(head.slot, head.block) ? '' : head.block;
    const headBytes = REQUEST_HEAD_BYTES + request.length + block.length;
    const bodyBytes = body?.length ?? 0;
    const isCopied = bodyBytes <= GATEWAY_LIMITS.copiedBodyBytesMax;
    this.#reserve(FRAME_HEADER_BYTES + headBytes + (isCopied ? bodyBytes : 0));
    let at = writeFrameHeader(this.#out, this.#outBytes, headBytes + bodyBytes, FRAME.request, stream);
    const out = this.#out;
    out.writeUInt32LE(flags, at);
    out.writeUInt32LE(request.length, at + 4);
    out.writeUInt32LE(slot * SLOT_UNIT + block.length, at + 8);
    at += REQUEST_HEAD_BYTES;
    at += out.latin1Write(request, at);
    if (block !== '') {
      at += out.latin1Write(block, at);
    }
    if (body !== undefined && isCopied) {
      at = body.copyTo(out, at);
    }
    this.#end(at);
    this.#requests += 1;
    if (body !== undefined && !isCopied) {
      this.#write();
      this.#writeBody(body);
    } else if (this.#requests === REQUESTS_TOGETHER_MAX) {
      this.#write();
    }
  }

  /** A frame whose payload is part of a body. */
  bodyFrame(type: number, stream: number, body: BodyBytes): void {
    const isCopied = body.length <= GATEWAY_LIMITS.copiedBodyBytesMax;
    this.#reserve(FRAME_HEADER_BYTES + (isCopied ? body.length : 0));
    const at = writeFrameHeader(this.#out, this.#outBytes, body.length, type, stream);
    this.#end(isCopied ? body.copyTo(this.#out, at) : at);
    if (!isCopied) {
      this.#write();
      this.#writeBody(body);
    }
  }

  /** Writes a body from its own memory, which it keeps until the kernel has taken all of it. */
  #writeBody(body: BodyBytes): void {
    for (const piece of this.#isClosed ? [] : body.pieces) {
      body.hold();
      if (this.#socket.write(piece, body)) {
        body.release();
      }
    }
  }

  #isKept(slot: number, block: string): boolean {
    if (slot >= FRAME_LIMITS.blockSlots) {
      return false;
    }
    this.#kept ??= [];
    if (this.#kept[slot] === block) {
      return true;
    }
    this.#kept[slot] = block;
    return false;
  }

  /** `payload` is copied. */
  frame(type: number, stream: number, payload?: Buffer): void {
    const at = this.#begin(payload?.length ?? 0, type, stream);
    this.#end(at + (payload?.copy(this.#out, at) ?? 0));
  }

  /** A frame whose payload is one 32-bit word. */
  word(type: number, stream: number, word: number): void {
    const at = this.#begin(4, type, stream);
    this.#end(this.#out.writeUInt32LE(word, at));
  }

  #begin(size: number, type: number, stream: number): number {
    this.#reserve(FRAME_HEADER_BYTES + size);
    return writeFrameHeader(this.#out, this.#outBytes, size, type, stream);
  }

  #end(at: number): void {
    this.#outBytes = at;
    if (!this.#isDirty) {
      this.#isDirty = true;
      this.#onDirty(this);
    }
  }

  #reserve(bytes: number): void {
    if (this.#outBytes + bytes > this.#out.length) {
      this.#write();
      if (bytes > this.#out.length) {
        this.release(this.#out);
        this.#out = Buffer.allocUnsafeSlow(bytes);
      }
    }
  }

  flush(): void {
    this.#isDirty = false;
    this.#write();
  }

  #write(): void {
    this.#requests = 0;
    if (this.#outBytes === 0 || this.#isClosed) {
      this.#outBytes = 0;
      return;
    }
    const isFree = this.#socket.write(this.#out.subarray(0, this.#outBytes), this);
    this.#outBytes = 0;
    if (!isFree || this.#out.length > OUT_BYTES) {
      this.#out = this.#pool.take(OUT_BYTES);
    }
  }

  /** The kernel has taken what it had no room for before. */
  release(bytes: Buffer): void {
    // Other memory than a block of the pool was made for one frame, and is left to the garbage collector.
    if (bytes.buffer.byteLength === OUT_BYTES) {
      this.#pool.give(Buffer.from(bytes.buffer as ArrayBuffer));
    }
  }

  /** The lane cannot go on: its connection ends, and with it what runs on it. */
  abandon(): void {
    this.close();
    this.#socket.destroy();
  }

  /** Nothing more is written. */
  close(): void {
    this.#isClosed = true;
  }
}
