// A WebSocket client that sends exactly the frames it is told to and reads those of the server as strictly as RFC 6455 is written.
// It shares no code with the server.

import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import type { Socket } from 'node:net';
import { connect } from 'node:net';
import { within } from '../integration/waiting.ts';

export interface ServerFrame {
  /** `lost`: the connection has ended; `code` is then 1006. */
  readonly kind: 'text' | 'binary' | 'ping' | 'pong' | 'close' | 'lost';
  readonly data: Buffer;
  /** Of a close frame; 1005 if there was none. */
  readonly code: number;
  readonly isCompressed: boolean;
}

export interface FrameOptions {
  readonly isFinal?: boolean;
  /** RSV1, RSV2 and RSV3 are the bits 4, 2 and 1. */
  readonly reserved?: number;
}

const PATIENCE_MS = 20_000;
const SUFFIX = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';
const KINDS: Readonly<Record<number, ServerFrame['kind']>> = {
  1: 'text',
  2: 'binary',
  8: 'close',
  9: 'ping',
  10: 'pong',
};
const NOTHING = Buffer.alloc(0);

/** The server refused the handshake. */
export class Refused extends Error {
  readonly status: number;
  readonly head: string;
  constructor(head: string) {
    super(`refused: ${head}`);
    this.status = Number(head.slice(9, 12));
    this.head = head;
  }
}

export class WebSocketClient {
  readonly socket: Socket;
  /** Of the 101, with its status line. */
  readonly head: string;
  /** Answers pings and closes without being told. */
  answers = true;
  /** Gets every frame instead of `next`. */
  onFrame: ((frame: ServerFrame) => void) | undefined;
  #pending: Buffer;
  readonly #frames: ServerFrame[] = [];
  #wake: () => void = () => undefined;
  #hasEnded = false;

  private constructor(socket: Socket, head: string, rest: Buffer) {
    this.socket = socket;
    this.head = head;
    this.#pending = NOTHING;
    const lost = () => {
      if (!this.#hasEnded) {
        this.#hasEnded = true;
        this.#push({ kind: 'lost', data: NOTHING, code: 1006, isCompressed: false });
      }
    };
    socket.on('data', (bytes: Buffer) => this.#onData(bytes));
    socket.on('close', lost);
    socket.on('end', lost);
    socket.on('error', () => undefined);
    this.#onData(rest);
  }

  /** `fields`: further lines of the handshake, each with its end. */
  static async open(port: number, target = '/', fields = ''): Promise<WebSocketClient> {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true });
    await once(socket, 'connect');
    return WebSocketClient.over(socket, target, fields);
  }

  /** On a connection that is open, perhaps over TLS. */
  static async over(socket: Socket, target = '/', fields = ''): Promise<WebSocketClient> {
    const key = randomBytes(16).toString('base64');
    socket.write(
      `GET ${target} HTTP/1.1\r\nHost: site.test\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n` +
        `Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ${key}\r\n${fields}\r\n`,
    );
    const bytes = await within(PATIENCE_MS, 'the handshake', readHead(socket));
    const end = bytes.indexOf('\r\n\r\n');
    const head = bytes.toString('latin1', 0, end);
    if (!head.startsWith('HTTP/1.1 101 ')) {
      socket.on('error', () => undefined).destroy();
      throw new Refused(bytes.toString('latin1'));
    }
    const accept = createHash('sha1')
      .update(key + SUFFIX)
      .digest('base64');
    if (!head.includes(`\r\nSec-WebSocket-Accept: ${accept}`)) {
      throw new Error(`not the answer to this handshake: ${head}`);
    }
    return new WebSocketClient(socket, head, bytes.subarray(end + 4));
  }

  /** A masked frame. */
  send(opcode: number, payload: Buffer | string = '', { isFinal = true, reserved = 0 }: FrameOptions = {}): boolean {
    return this.socket.write(maskedFrame(opcode, payload, { isFinal, reserved }));
  }

  text(text: string): boolean {
    return this.send(1, text);
  }

  close(code?: number, reason = ''): void {
    const bytes =
      code === undefined ? NOTHING : Buffer.concat([Buffer.of(code >> 8, code & 0xff), Buffer.from(reason)]);
    this.send(8, bytes);
  }

  /** The next frame. */
  async next(): Promise<ServerFrame> {
    while (this.#frames.length === 0) {
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#wake = resolve;
      await within(PATIENCE_MS, 'the next frame', promise);
    }
    return this.#frames.shift() as ServerFrame;
  }

  /** `text hello`, `close 1000 reason`, `lost` … */
  async told(): Promise<string> {
    const { kind, data, code } = await this.next();
    const what = data.length > 200 ? String(data.length) : data.toString();
    return (kind === 'close' ? `close ${code} ${what}` : `${kind} ${what}`).trimEnd();
  }

  [Symbol.dispose](): void {
    this.socket.destroy();
  }

  #push(frame: ServerFrame): void {
    if (this.onFrame === undefined) {
      this.#frames.push(frame);
      this.#wake();
    } else {
      this.onFrame(frame);
    }
  }

  #onData(bytes: Buffer): void {
    this.#pending = this.#pending.length === 0 ? bytes : Buffer.concat([this.#pending, bytes]);
    for (let used = this.#readFrame(); used > 0; used = this.#readFrame()) {
      this.#pending = this.#pending.subarray(used);
    }
  }

  /** How many bytes a whole frame had; 0: it is not whole. */
  #readFrame(): number {
    const bytes = this.#pending;
    const [first = 0, second = 0] = bytes;
    const short = second & 0x7f;
    const at = short < 126 ? 2 : short === 126 ? 4 : 10;
    if (bytes.length < at) return 0;
    const length = short < 126 ? short : short === 126 ? bytes.readUInt16BE(2) : Number(bytes.readBigUInt64BE(2));
    if (bytes.length < at + length) return 0;
    const kind = KINDS[first & 0x0f];
    const isControl = (first & 8) !== 0;
    // Our server sends every message in one frame; a reserved bit is that of a compressed message.
    if (
      kind === undefined ||
      (first & 0xb0) !== 0x80 ||
      second > 0x7f ||
      (isControl && (length > 125 || first & 0x40))
    ) {
      throw new Error(`not a frame of a server: ${bytes.toString('hex', 0, 20)}`);
    }
    if (at > 2 && length < (at === 4 ? 126 : 65_536)) throw new Error(`a length of ${length} in ${at} bytes`);
    this.#take(kind, Buffer.from(bytes.subarray(at, at + length)), (first & 0x40) !== 0);
    return at + length;
  }

  #take(kind: ServerFrame['kind'], payload: Buffer, isCompressed: boolean): void {
    const isCoded = kind === 'close' && payload.length > 0;
    const code = kind !== 'close' ? 0 : isCoded ? payload.readUInt16BE() : 1005;
    if (this.answers && kind === 'ping') this.send(10, payload);
    if (this.answers && kind === 'close') this.send(8, payload.subarray(0, 2));
    this.#push({ kind, data: isCoded ? payload.subarray(2) : payload, code, isCompressed });
  }
}

export function maskedFrame(opcode: number, payload: Buffer | string, options: Required<FrameOptions>): Buffer {
  const bytes = Buffer.from(payload);
  const { length } = bytes;
  const at = length < 126 ? 2 : length < 65_536 ? 4 : 10;
  const frame = Buffer.alloc(at + 4 + length);
  frame[0] = (options.isFinal ? 0x80 : 0) | (options.reserved << 4) | opcode;
  frame[1] = 0x80 | (at === 2 ? length : at === 4 ? 126 : 127);
  if (at === 4) frame.writeUInt16BE(length, 2);
  if (at === 10) frame.writeBigUInt64BE(BigInt(length), 2);
  const key = randomBytes(4);
  key.copy(frame, at);
  for (let index = 0; index < length; index += 1) frame[at + 4 + index] = (bytes[index] ?? 0) ^ (key[index & 3] ?? 0);
  return frame;
}

async function readHead(socket: Socket): Promise<Buffer> {
  let bytes = NOTHING;
  while (!bytes.includes('\r\n\r\n')) {
    const chunk = socket.read() as Buffer | null;
    if (chunk !== null) {
      bytes = Buffer.concat([bytes, chunk]);
    } else {
      if (socket.readableEnded || socket.destroyed)
        throw new Error(`closed in the handshake: ${bytes.toString('latin1')}`);
      await Promise.race([once(socket, 'readable'), once(socket, 'close')]);
    }
  }
  return bytes;
}
