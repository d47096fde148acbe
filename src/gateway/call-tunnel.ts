/**
 * The connection by which an application may take over that of its client: WebSockets of WSGI applications, whose framing is their own. The worker dials it
 * before the application is called (docs/lanes.md, "Tunnels"). With the first byte that the application writes there, the client's connection is the
 * application's. If the application answers as WSGI has it instead, the tunnel is dropped.
 */

import type { Tunnel, TunnelSink } from '../protocol/http/exchange.ts';
import type { Hello } from '../protocol/lanes/hello.ts';
import { GATEWAY_LIMITS } from './limits.ts';

/** Which request a worker has dialled for. */
export type TunnelIdentity = Pick<Hello, 'worker' | 'unit' | 'stream'>;

/** The edge's end of the worker's connection. */
export interface TunnelSocket {
  /** The bytes are borrowed until it returns. False: no more until `onWorkerDrain`. */
  write(bytes: Buffer): boolean;
  /** Stops and starts reading from the worker. */
  pause(): void;
  resume(): void;
  /** The bytes that have come and were not read yet. */
  readNow(): Buffer | undefined;
  /** Nothing more is written to the worker, which may go on writing. */
  end(): void;
  /** Closes the connection when what was written has arrived, and after so many milliseconds at the latest. */
  destroySoon(withinMs: number): void;
  destroy(): void;
}

/** Makes the client's connection the application's. Undefined: there is no client any more. */
export type TakeOver = (status: number, sink: TunnelSink) => Tunnel | undefined;

const STATUS_LINE = /^HTTP\/1\.1 ([1-5]\d\d) /;
/** Where the status ends. */
const STATUS_BYTES = 13;
const SWITCHING_PROTOCOLS = 101;

export class CallTunnel implements TunnelSink {
  readonly #socket: TunnelSocket;
  readonly #takeOver: TakeOver;
  #client: Tunnel | undefined;
  /** The application has written something here, so this is its only answer. */
  hasBegun = false;

  constructor(socket: TunnelSocket, takeOver: TakeOver) {
    this.#socket = socket;
    this.#takeOver = takeOver;
  }

  /**
   * A frame on the worker's lane may be read before what the application wrote here earlier, so this looks what has come. A call that was answered here is
   * answered.
   */
  hasAnswered(): boolean {
    const bytes = this.hasBegun ? undefined : this.#socket.readNow();
    if (bytes !== undefined) {
      this.onWorkerBytes(bytes);
    }
    return this.hasBegun;
  }

  // From the worker.

  /** The bytes are borrowed. */
  onWorkerBytes(bytes: Buffer): void {
    if (!this.hasBegun) {
      this.hasBegun = true;
      this.#client = this.#takeOver(statusOf(bytes), this);
    }
    if (this.#client === undefined) {
      this.#socket.destroy();
    } else if (!this.#client.write(bytes)) {
      this.#socket.pause();
    }
  }

  onWorkerDrain(): void {
    this.#client?.resume();
  }

  /** The application has closed its end, or the worker has: what it has written reaches the client. */
  onWorkerEnd(): void {
    this.#client?.end();
  }

  /** The call was answered on its lane, or needs no answer. */
  drop(): void {
    this.#socket.destroy();
  }

  // From the client.

  onBytes(bytes: Buffer): boolean {
    return this.#socket.write(bytes);
  }

  onDrain(): void {
    this.#socket.resume();
  }

  onEnd(): void {
    this.#socket.end();
  }

  onGone(): void {
    this.#socket.destroySoon(GATEWAY_LIMITS.tunnelGoneMs);
  }
}

function statusOf(bytes: Buffer): number {
  const line = STATUS_LINE.exec(bytes.toString('latin1', 0, STATUS_BYTES));
  return line === null ? SWITCHING_PROTOCOLS : Number(line[1]);
}
