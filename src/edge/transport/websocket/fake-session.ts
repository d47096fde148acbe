/** A session in a made-up world, for its tests: client, application, compression and the time are the test's. */

import type { BorrowedBody, WebSocketSink } from '../../../protocol/http/exchange.ts';
import type { LingeringSocket } from '../lingering-socket.ts';
import type { Output } from '../output.ts';
import type { Inflated, MessageDeflate } from './message-deflate.ts';
import type { SessionOptions } from './session.ts';
import { Session } from './session.ts';

const SETTINGS: SessionOptions['settings'] = {
  messageBytesMax: 1000,
  messagesPerSecondMax: 0,
  pingIntervalMs: 20_000,
  pingTimeoutMs: 10_000,
};

/** A compressor that finishes when the test says so. Compressed text stands in brackets. */
class FakeDeflate {
  readonly inflations: ((result: Inflated) => void)[] = [];
  /** Large messages that wait; each goes on when its function is called. */
  readonly large: ((goOn: () => void) => void)[] = [];
  readonly deflations: ((compressed: Buffer | undefined) => void)[] = [];
  isClosed = false;

  inflate(_bytes: Buffer, onLarge: (goOn: () => void) => void, callback: (result: Inflated) => void): void {
    this.large.push(onLarge);
    this.inflations.push(callback);
  }

  deflate(bytes: Buffer, callback: (compressed: Buffer | undefined) => void): void {
    // Short messages are done before the call returns, and sent plain.
    if (bytes.length < 4) {
      callback(undefined);
    } else {
      this.deflations.push(() => callback(Buffer.from(`[${String(bytes)}]`)));
    }
  }

  close(): void {
    this.isClosed = true;
  }
}

export interface SceneOptions extends Partial<SessionOptions['settings']> {
  readonly compresses?: boolean;
}

export class SessionScene {
  readonly session: Session;
  /** To the application: `text hello`, `close 1000 bye`, `drain`; and of the socket: `pause`, `resume`, `end` or `end reading on`. */
  readonly told: string[] = [];
  /** To the client: `text hello`, `ping`, `pong`, `close 1000 bye`; a compressed message has brackets. */
  readonly sent: string[] = [];
  /** False: the application wants no more. */
  takes = true;
  hasRoom = true;
  /** False: it wants no large message yet. */
  takesLarge = true;
  largeBytes: number = Infinity;
  isMemoryFull = false;
  heldBytes = 0;
  readonly clock: { nowMs: number } = { nowMs: 0 };
  readonly deflate: FakeDeflate = new FakeDeflate();
  #isPaused = false;

  constructor({ compresses = false, ...settings }: SceneOptions = {}) {
    this.session = new Session({
      settings: { ...SETTINGS, ...settings },
      sink: this.#sink(),
      output: this.#output(),
      socket: this.#socket(),
      owner: {
        onBug: (error) => {
          throw error;
        },
      },
      deflate: compresses ? (this.deflate as unknown as MessageDeflate) : undefined,
      clock: this.clock,
    });
  }

  #sink(): WebSocketSink {
    const largeBytes = (): number => this.largeBytes;
    const isMemoryFull = (): boolean => this.isMemoryFull;
    return {
      get largeBytes() {
        return largeBytes();
      },
      get isMemoryFull() {
        return isMemoryFull();
      },
      releaseLarge: () => this.told.push('release'),
      onMessage: (isText, data) => {
        this.told.push(`${isText ? 'text' : 'binary'} ${String(data)}`);
        this.heldBytes = 0;
        return this.takes;
      },
      wantsLarge: (bytes) => {
        this.told.push(`large ${bytes}`);
        return this.takesLarge;
      },
      onHeld: (bytes) => {
        this.heldBytes = bytes;
      },
      onDrain: () => this.told.push('drain'),
      onClose: (code, reason) => this.told.push(`close ${code} ${reason}`.trimEnd()),
    };
  }

  #output(): Output {
    const hasRoom = (): boolean => this.hasRoom;
    return {
      get hasRoom() {
        return hasRoom();
      },
      get isEmpty() {
        return hasRoom();
      },
      buffer: (bytes: Buffer) => this.sent.push(describeFrame(bytes)),
      text: (text: string) => this.sent.push(describeFrame(Buffer.from(text, 'latin1'))),
      borrowed: (head: string, { buffer, start, length }: BorrowedBody) =>
        this.sent.push(
          describeFrame(Buffer.concat([Buffer.from(head, 'latin1'), buffer.subarray(start, start + length)])),
        ),
    } as unknown as Output;
  }

  #socket(): LingeringSocket {
    const set = (isPaused: boolean) => () => {
      if (this.#isPaused !== isPaused) this.told.push(isPaused ? 'pause' : 'resume');
      this.#isPaused = isPaused;
    };
    const isPaused = (): boolean => this.#isPaused;
    return {
      get isPaused() {
        return isPaused();
      },
      pause: set(true),
      resume: set(false),
      close: (isOpen: boolean) => this.told.push(isOpen ? 'end reading on' : 'end'),
    } as unknown as LingeringSocket;
  }

  receive(...frames: readonly Buffer[]): void {
    this.session.onBytes(Buffer.concat(frames));
  }

  /** Ticks come about once a second. */
  pass(ms: number): void {
    for (let left = ms; left > 0; left -= 1000) {
      this.clock.nowMs += Math.min(left, 1000);
      this.session.onTick(this.clock.nowMs);
    }
  }
}

const KINDS: Readonly<Record<number, string>> = { 1: 'text', 2: 'binary', 8: 'close', 9: 'ping', 10: 'pong' };

function describeFrame(frame: Buffer): string {
  const [first = 0, second = 0] = frame;
  const payload = frame.subarray(second < 126 ? 2 : second === 126 ? 4 : 10);
  const kind = `${first & 0x40 ? 'compressed ' : ''}${KINDS[first & 15] ?? first}`;
  if (kind === 'close' && payload.length > 0) {
    return `close ${payload.readUInt16BE()} ${payload.subarray(2).toString()}`.trimEnd();
  }
  return `${kind} ${payload.length > 100 ? payload.length : payload.toString()}`.trimEnd();
}
