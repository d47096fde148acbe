/**
 * Writes to a connection at once, past Node's stream, which takes a microsecond and two objects for each write. A write of the stream that
 * fails also destroys the socket, and with it what the peer had sent before it left. A direct write that fails says so in `isBroken`, and
 * the owner of the connection decides whether it reads what has come first (a lane does) or gives the connection up (a client's).
 */

import { writeSync, writevSync } from 'node:fs';
import type { Socket } from 'node:net';
import { constants } from 'node:os';
import { descriptorOf } from './node-internals.ts';
import { PlainPassage } from './plain-passage.ts';
import { TlsPassage } from './tls-internals.ts';

/** As much as a record of TLS holds. For more, the stream costs little in comparison, and can tell how far it is. */
const TLS_BYTES_MAX = 16_384;

const GONE: ReadonlySet<string | undefined> = new Set(['EPIPE', 'ECONNRESET']);
const GONE_ERRORS: ReadonlySet<number> = new Set([-constants.errno.EPIPE, -constants.errno.ECONNRESET]);

export class DirectWriter {
  readonly #socket: Socket;
  readonly #fd: number | undefined;
  /** Of a TLS connection, to which a descriptor is of no use. */
  readonly #tls: TlsPassage | undefined;
  /** Of other connections, once something is written that nobody changes. */
  #plain: PlainPassage | undefined;
  /** The peer takes nothing any more. */
  isBroken = false;

  constructor(socket: Socket) {
    this.#socket = socket;
    this.#fd = descriptorOf(socket);
    this.#tls = this.#fd === undefined ? TlsPassage.of(socket) : undefined;
  }

  /** Nothing waits in the stream that has to leave first. A descriptor that was closed may by now be that of something else. */
  get isReady(): boolean {
    const socket = this.#socket;
    const isFree = this.#fd === undefined ? this.#tls?.isReady === true : (this.#plain?.pendingBytes ?? 0) === 0;
    return isFree && socket.writableLength === 0 && !socket.destroyed;
  }

  /** What was taken but has not left: under TLS, or of what nobody changes, which are taken whole or not at all. */
  get pendingBytes(): number {
    return (this.#tls ?? this.#plain)?.pendingBytes ?? 0;
  }

  /** How many of the bytes from `from` to `to` were taken; all of them if the peer takes none. Only if `isReady`. */
  write(bytes: Buffer, from: number, to: number): number {
    const length = to - from;
    if (this.isBroken) {
      return length;
    }
    if (this.#fd === undefined) {
      return this.#tls === undefined ? length : this.#writeSecurely(this.#tls, bytes.subarray(from, to));
    }
    try {
      return writeSync(this.#fd, bytes, from, length);
    } catch (error) {
      return this.#heedFailure(error, length);
    }
  }

  /** As `write`, for several pieces, which leave in one call. None of them is taken under TLS. */
  writeMany(pieces: readonly Buffer[], length: number): number {
    if (this.isBroken) {
      return length;
    }
    if (this.#fd === undefined) {
      return 0;
    }
    try {
      return writevSync(this.#fd, pieces);
    } catch (error) {
      return this.#heedFailure(error, length);
    }
  }

  #heedFailure(error: unknown, length: number): number {
    this.isBroken = GONE.has((error as NodeJS.ErrnoException).code);
    // The kernel has no room or no memory: the stream writes the rest when it has.
    return this.isBroken ? length : 0;
  }

  /** As `write`, for bytes that nobody changes any more. */
  writeLasting(bytes: Buffer): number {
    if (this.#fd === undefined || this.isBroken) {
      return this.write(bytes, 0, bytes.length);
    }
    this.#plain ??= PlainPassage.of(this.#socket);
    if (this.#plain === undefined) {
      return this.write(bytes, 0, bytes.length);
    }
    const error = this.#plain.write(bytes);
    this.isBroken = GONE_ERRORS.has(error);
    return error === 0 || this.isBroken ? bytes.length : 0;
  }

  #writeSecurely(passage: TlsPassage, bytes: Buffer): number {
    if (bytes.length > TLS_BYTES_MAX || bytes.length === 0) {
      return 0;
    }
    this.isBroken = !passage.write(bytes);
    return bytes.length;
  }
}
