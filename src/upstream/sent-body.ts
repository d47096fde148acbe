/** The body of a request on its way to one server: framed as the wire wants it, and what is short leaves in one write with what stands around it. */

import type { UpstreamConnection } from './connections/upstream-connection.ts';
import type { BodyTaker, LostBody, RequestBody } from './request-body.ts';
import type { BodyFraming } from './wire.ts';

/** Whose request it is. */
export interface SendingOwner {
  /** All of the body has been given to the connection. False: the kernel has not taken all of it. */
  onBodySent(hasLeft: boolean): void;
  /** The server takes nothing more at present. */
  onBodyHeld(): void;
  /** The body will not be whole. */
  onBodyLost(why: LostBody): void;
}

export class SentBody implements BodyTaker {
  /** All of it has been given to the connection. */
  isSent = false;
  readonly #body: RequestBody;
  readonly #framing: BodyFraming | undefined;
  readonly #connection: UpstreamConnection;
  readonly #owner: SendingOwner;
  #isStopped = false;

  constructor(
    body: RequestBody,
    framing: BodyFraming | undefined,
    connection: UpstreamConnection,
    owner: SendingOwner,
  ) {
    this.#body = body;
    this.#framing = framing;
    this.#connection = connection;
    this.#owner = owner;
  }

  start(): void {
    this.#body.start(this);
  }

  /** The server has room again. */
  resume(): void {
    this.#body.resume();
  }

  /** Nothing more is sent. */
  stop(): void {
    this.#isStopped = true;
    this.#body.stop();
  }

  takeAtOnce(pieces: readonly Buffer[], length: number): number {
    if (this.#isStopped) {
      return length;
    }
    return this.#framing === undefined ? this.#connection.writeAtOnce(pieces, length) : 0;
  }

  take(bytes: Buffer): boolean {
    if (this.#isStopped) {
      return true;
    }
    const connection = this.#connection;
    // The head is being sent, and what is short leaves with it.
    const isJoining = connection.isJoining;
    if (!isJoining && this.#framing !== undefined) {
      connection.join();
    }
    let hasRoom = this.#write(bytes);
    if (!isJoining && this.#framing !== undefined) {
      hasRoom = connection.flush() && hasRoom;
    }
    if (!hasRoom) {
      this.#owner.onBodyHeld();
    }
    return hasRoom;
  }

  /** With what frames it. */
  #write(bytes: Buffer): boolean {
    const connection = this.#connection;
    const framing = this.#framing;
    if (framing === undefined) {
      return connection.write(bytes);
    }
    const { pieceBytesMax } = framing;
    let hasRoom = true;
    for (let from = 0; from < bytes.length; from += pieceBytesMax) {
      const part = bytes.length <= pieceBytesMax ? bytes : bytes.subarray(from, from + pieceBytesMax);
      connection.writeText(framing.before(part.length));
      hasRoom = connection.write(part) && hasRoom;
      connection.writeText(framing.behind(part.length));
    }
    return hasRoom;
  }

  finish(last?: Buffer): void {
    if (this.#isStopped) {
      return;
    }
    const connection = this.#connection;
    if (last !== undefined) {
      connection.join();
      this.#write(last);
    }
    if (this.#framing !== undefined && this.#framing.end !== '') {
      connection.writeText(this.#framing.end);
    }
    this.isSent = true;
    this.#owner.onBodySent(last === undefined || connection.flush());
  }

  fail(why: LostBody): void {
    if (!this.#isStopped) {
      this.#owner.onBodyLost(why);
    }
  }
}
