// One client of the load. Its socket reads into a buffer that all clients share, and a frame is written in one piece:
// the load runs on the same cores as the servers, and what it costs is not theirs.

import { randomBytes, randomInt } from 'node:crypto';
import type { Socket } from 'node:net';
import { connect } from 'node:net';
import { OPCODES, renderFrame, ServerFrameReader } from './websocket-frames.ts';
import { readHandshakeAnswer, renderHandshake } from './websocket-handshake.ts';

export interface ClientOptions {
  readonly port: number;
  readonly path: string;
  onOpen(): void;
  /** The payload is good until it returns. */
  onMessage(client: WebsocketClient, payload: Buffer): void;
  /** Once, and nothing more comes: the server refused, closed, or broke the protocol. */
  onFault(fault: string): void;
  /** The socket is closed, for whatever reason. */
  onClosed(): void;
}

const SHARED = Buffer.allocUnsafe(65_536);
const KEY_BYTES = 16;
const MASK_BELOW = 2 ** 32;
/** RFC 6455 7.4.1: 1000 in two bytes. */
const CLOSE_NORMAL = Buffer.from([0x03, 0xe8]);

export class WebsocketClient {
  readonly #options: ClientOptions;
  readonly #socket: Socket;
  readonly #key = randomBytes(KEY_BYTES).toString('base64');
  readonly #mask = randomInt(MASK_BELOW);
  readonly #reader = new ServerFrameReader();
  #head = Buffer.alloc(0);
  #state: 'opening' | 'open' | 'closing' | 'failed' = 'opening';

  constructor(options: ClientOptions) {
    const { port, path } = options;
    this.#options = options;
    this.#socket = connect({
      host: '127.0.0.1',
      port,
      noDelay: true,
      onread: {
        buffer: SHARED,
        callback: (count) => {
          this.#receive(SHARED.subarray(0, count));
          return true;
        },
      },
    });
    this.#socket.on('connect', () => this.#socket.write(renderHandshake({ port, path, key: this.#key })));
    this.#socket.on('error', (error) => this.#fail(error.message));
    this.#socket.on('end', () => this.#fail('the server closed a connection'));
    this.#socket.on('close', () => options.onClosed());
  }

  /** The bytes of a text message, which can be sent many times. */
  renderMessage(text: string): Buffer {
    return renderFrame(OPCODES.text, Buffer.from(text), this.#mask);
  }

  send(frame: Buffer): void {
    this.#socket.write(frame);
  }

  /** Begins the closing handshake; the server ends the connection. */
  close(): void {
    if (this.#state === 'open') {
      this.#state = 'closing';
      this.#socket.write(renderFrame(OPCODES.close, CLOSE_NORMAL, this.#mask));
    } else {
      this.destroy();
    }
  }

  destroy(): void {
    this.#socket.destroy();
  }

  #receive(bytes: Buffer): void {
    if (this.#state === 'opening') {
      this.#shakeHands(bytes);
      return;
    }
    this.#reader.feed(bytes);
    for (let event = this.#reader.next(); event !== undefined; event = this.#reader.next()) {
      if (event.kind === 'invalid') this.#fail(event.fault);
      else this.#take(event.opcode, event.payload);
    }
  }

  #shakeHands(bytes: Buffer): void {
    this.#head = Buffer.concat([this.#head, bytes]);
    const answer = readHandshakeAnswer(this.#head, this.#key);
    if (answer === undefined) return;
    if (answer.kind === 'refused') {
      this.#fail(answer.fault);
      return;
    }
    this.#state = 'open';
    this.#options.onOpen();
    if (answer.rest.length > 0) this.#receive(answer.rest);
  }

  #take(opcode: number, payload: Buffer): void {
    if (opcode === OPCODES.text) this.#options.onMessage(this, payload);
    else if (opcode === OPCODES.ping) this.send(renderFrame(OPCODES.pong, payload, this.#mask));
    else if (opcode === OPCODES.close) this.#fail('the server closed a WebSocket');
    else if (opcode !== OPCODES.pong) this.#fail(`a frame of kind ${opcode}`);
  }

  #fail(fault: string): void {
    if (this.#state === 'closing' || this.#state === 'failed') return;
    this.#state = 'failed';
    this.#socket.destroy();
    this.#options.onFault(fault);
  }
}
