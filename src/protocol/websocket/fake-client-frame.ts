/** Frames as a client sends them, made up for tests: also those that no client should send. */

export interface FakeFrame {
  readonly opcode: number;
  readonly payload?: Buffer | string;
  readonly isFinal?: boolean;
  /** RSV1, RSV2 and RSV3 are the bits 4, 2 and 1. */
  readonly reserved?: number;
  /** Undefined: not masked. */
  readonly key?: readonly number[] | undefined;
  /** What the header says of the length, in how many bytes beyond the 7 bits; without them what fits. */
  readonly declared?: number;
  readonly lengthBytes?: 0 | 2 | 8;
}

const KEY = [0x37, 0xfa, 0x21, 0x3d];

export function clientFrame(frame: FakeFrame): Buffer {
  const { opcode, isFinal = true, reserved = 0 } = frame;
  const payload = Buffer.from(frame.payload ?? '');
  const key = 'key' in frame ? frame.key : KEY;
  const declared = frame.declared ?? payload.length;
  const lengthBytes = frame.lengthBytes ?? (declared < 126 ? 0 : declared < 65_536 ? 2 : 8);
  const length = Buffer.alloc(lengthBytes);
  if (lengthBytes === 8) {
    length.writeBigUInt64BE(BigInt(declared));
  } else if (lengthBytes === 2) {
    length.writeUInt16BE(declared);
  }
  const short = lengthBytes === 0 ? declared : lengthBytes === 2 ? 126 : 127;
  const head = [(isFinal ? 0x80 : 0) | (reserved << 4) | opcode, (key === undefined ? 0 : 0x80) | short];
  const masked = key === undefined ? payload : payload.map((byte, index) => byte ^ key[index & 3]!);
  return Buffer.concat([Buffer.from(head), length, Buffer.from(key ?? []), masked]);
}

/** A close frame; without a code it has no payload. */
export function clientClose(code?: number, reason: Buffer | string = ''): Buffer {
  if (code === undefined) {
    return clientFrame({ opcode: 8 });
  }
  return clientFrame({ opcode: 8, payload: Buffer.concat([Buffer.of(code >> 8, code & 0xff), Buffer.from(reason)]) });
}
