/** The frames of docs/lanes.md: numbers, header, and the limits that both sides check. */

export const FRAME_HEADER_BYTES = 8;

export const FRAME_LIMITS = {
  /** A longer payload of a worker is a fault: nothing that it sends comes near. To workers, a REQUEST is the longest frame: a body of 2 MiB, and its head. */
  payloadBytesMax: 1_048_576,
  /** Body bytes in one frame: large enough to amortise the header, small enough to share a lane's buffer. */
  bodyBytesMax: 262_144,
  /** What may be sent on a stream of a concurrent lane before the first credit. */
  creditBytes: 262_144,
  /** Credit that each frame of a body and each message of a WebSocket costs beside its payload: a piece of one byte takes about this much memory and time. */
  pieceCostBytes: 64,
  /** Streams are 24 bits; 0 is the lane itself. */
  streamMax: 0xffffff,
  /** Slots of block parts on a lane; the next number says that a block part is not kept. */
  blockSlots: 255,
  /** A longer block part is not kept: clients make them up, and with time every slot of every lane would be full of them. */
  keptBlockBytesMax: 4096,
} as const;

export const FRAME = {
  request: 1,
  body: 2,
  bodyEnd: 3,
  abort: 4,
  recall: 5,
  credit: 6,
  drain: 7,
  fileOpened: 8,
  fileRefused: 9,
  ping: 10,
  clientEnd: 11,
  wsText: 16,
  wsBinary: 17,
  wsMore: 18,
  wsClose: 19,
  wsLarge: 20,
  hello: 128,
  response: 129,
  responseWhole: 130,
  data: 131,
  end: 132,
  failed: 133,
  file: 134,
  recalled: 135,
  hints: 136,
  trailers: 137,
  /** Credit from a worker; `credit` is from the edge. */
  workerCredit: 138,
  pong: 139,
  wsAccept: 144,
  workerWsText: 145,
  workerWsBinary: 146,
  workerWsMore: 147,
  workerWsClose: 148,
  wsWanted: 149,
} as const;

export const REQUEST_FLAG = { bodyInFile: 1, body: 2, more: 4, webSocket: 8, expect: 16, tunnel: 32 } as const;

/** Writes a frame header at `at`; returns the offset behind it. */
export function writeFrameHeader(into: Buffer, at: number, size: number, type: number, stream: number): number {
  into.writeUInt32LE(size, at);
  into.writeUInt32LE((type | (stream << 8)) >>> 0, at + 4);
  return at + FRAME_HEADER_BYTES;
}

/** A frame of its own, for what is rare; the hot path writes into the lane's buffer. */
export function renderFrame(type: number, stream: number, payload?: Buffer): Buffer {
  const size = payload?.length ?? 0;
  const frame = Buffer.allocUnsafe(FRAME_HEADER_BYTES + size);
  writeFrameHeader(frame, 0, size, type, stream);
  payload?.copy(frame, FRAME_HEADER_BYTES);
  return frame;
}

/** A frame whose payload is a few 32-bit words. */
export function renderWords(type: number, stream: number, words: readonly number[]): Buffer {
  const payload = Buffer.allocUnsafe(words.length * 4);
  words.forEach((word, index) => {
    payload.writeUInt32LE(word, index * 4);
  });
  return renderFrame(type, stream, payload);
}

/** The words of such a payload. */
export function readWords(buffer: Buffer, start: number, end: number): number[] {
  const words: number[] = [];
  for (let at = start; at + 4 <= end; at += 4) {
    words.push(buffer.readUInt32LE(at));
  }
  return words;
}
