/**
 * A connection of the uwsgi protocol until its packet of variables has come whole. It is in the table meanwhile, so that caps and a deadline hold for it. From then on it is a connection
 * of HTTP/1.0, whose head the packet has been read to.
 */

import type { Socket } from 'node:net';
import type { Client } from '../../protocol/http/origin.ts';
import type { UwsgiFault } from '../../protocol/uwsgi/faults.ts';
import { BAD_PACKET, modifierFault, PACKET_CUT, tooLarge } from '../../protocol/uwsgi/faults.ts';
import { UWSGI_HEADER_BYTES, UWSGI_MODIFIER1, UWSGI_PONG } from '../../protocol/uwsgi/limits.ts';
import { parseUwsgiPacket } from '../../protocol/uwsgi/parse-packet.ts';
import type { UwsgiRequest } from '../../protocol/uwsgi/read-request.ts';
import { readUwsgiRequest } from '../../protocol/uwsgi/read-request.ts';
import { refusedLineOf } from '../../protocol/uwsgi/refused-line.ts';
import { LATE_HEAD } from '../transport/unread-request.ts';
import type { ConnectionTable, TrackedConnection } from './connection-table.ts';

export interface AwaitedPacketParts {
  readonly table: Pick<ConnectionTable, 'add' | 'remove' | 'nowMs'>;
  /** How long it may take. */
  readonly withinMs: number;
  /** Of the variables of a packet, with their lengths. */
  readonly packetBytesMax: number;
  /** What the connections of its address share. */
  readonly services: unknown;
  readonly onBug: (what: string, error: unknown) => void;
  /** The request, and the bytes of its body that have come, which are borrowed until it returns. True: more are wanted. */
  readonly onRequest: (request: UwsgiRequest, rest: Buffer) => boolean;
  /** What came is no packet of a request, and is to be answered. `line`: what the access log shows of it. */
  readonly onFault: (fault: UwsgiFault, line: string) => void;
}

/** So much is put aside at first: most packets of browsers fit. */
const FIRST_BYTES = 2048;

export class AwaitedPacket implements TrackedConnection {
  readonly address: string;
  readonly services: unknown;
  readonly #socket: Socket;
  readonly #parts: AwaitedPacketParts;
  readonly #dueMs: number;
  #kept = Buffer.alloc(0);
  #length = 0;
  /** It was a ping: the connection waits for the client to close it. */
  #isPong = false;
  readonly #onEnd = (): void => this.#lose();
  readonly #onClose = (): void => this.#parts.table.remove(this);

  constructor(socket: Socket, client: Client, parts: AwaitedPacketParts) {
    this.address = client.address;
    this.services = parts.services;
    this.#socket = socket;
    this.#parts = parts;
    this.#dueMs = parts.table.nowMs + parts.withinMs;
    parts.table.add(this);
    socket.on('end', this.#onEnd);
    socket.on('close', this.#onClose);
    socket.on('error', ignoreError);
  }

  /** The first `length` bytes of `chunk`. */
  onBytes(chunk: Buffer, length: number): boolean {
    if (this.#isPong) {
      return true;
    }
    const bytes = this.#gather(chunk, length);
    if (bytes.length < UWSGI_HEADER_BYTES) {
      return true;
    }
    const modifier1 = bytes[0]!;
    const size = bytes.readUInt16LE(1);
    // Looked at first: whoever speaks HTTP here is not to wait for the rest of a packet.
    if (modifier1 === UWSGI_MODIFIER1.ping) {
      this.#isPong = true;
      this.#socket.end(UWSGI_PONG);
      return true;
    }
    if (modifier1 !== UWSGI_MODIFIER1.request && modifier1 !== UWSGI_MODIFIER1.requestBelowMount) {
      return this.#refuse(modifierFault(modifier1), bytes);
    }
    if (size > this.#parts.packetBytesMax) {
      return this.#refuse(tooLarge(size, this.#parts.packetBytesMax), bytes);
    }
    if (bytes.length < UWSGI_HEADER_BYTES + size) {
      this.#keep(bytes);
      return true;
    }
    return this.#read(bytes, modifier1 === UWSGI_MODIFIER1.requestBelowMount);
  }

  #read(bytes: Buffer, takesMountAway: boolean): boolean {
    const packet = parseUwsgiPacket(bytes, 0, bytes.length);
    if (packet.kind !== 'packet') {
      return this.#refuse(BAD_PACKET, bytes);
    }
    const read = readUwsgiRequest(packet.variables, takesMountAway);
    return read.kind === 'invalid'
      ? this.#refuse(read.fault, bytes)
      : this.#hand(() => this.#parts.onRequest(read, bytes.subarray(packet.length)));
  }

  /** What has come so far. A packet that comes whole is not copied. */
  #gather(chunk: Buffer, length: number): Buffer {
    const come = chunk.subarray(0, length);
    if (this.#length === 0 && length >= UWSGI_HEADER_BYTES) {
      return come;
    }
    this.#append(come);
    return this.#kept.subarray(0, this.#length);
  }

  #keep(bytes: Buffer): void {
    if (this.#length === 0) {
      this.#append(bytes);
    }
  }

  /** A client that says a great length and sends nothing takes no memory for it. */
  #append(bytes: Buffer): void {
    const length = this.#length + bytes.length;
    if (length > this.#kept.length) {
      const grown = Buffer.allocUnsafeSlow(Math.max(FIRST_BYTES, 2 * this.#kept.length, length));
      this.#kept.copy(grown, 0, 0, this.#length);
      this.#kept = grown;
    }
    bytes.copy(this.#kept, this.#length);
    this.#length = length;
  }

  /** `bytes`: what has come. */
  #refuse(fault: UwsgiFault, bytes: Buffer): boolean {
    const line = refusedLineOf(bytes);
    return this.#hand(() => {
      this.#parts.onFault(fault, line);
      return true;
    });
  }

  /** Whoever has the socket next comes into the table before this leaves it: an edge that stops ends as soon as its table is empty. */
  #hand(next: () => boolean): boolean {
    const socket = this.#socket;
    socket.off('end', this.#onEnd);
    socket.off('error', ignoreError);
    try {
      return next();
    } finally {
      socket.off('close', this.#onClose);
      this.#parts.table.remove(this);
    }
  }

  /** The client sends nothing more. One that has sent nothing at all has only looked whether somebody is there. */
  #lose(): void {
    if (this.#length > 0 && !this.#isPong) {
      this.#refuse(PACKET_CUT, this.#kept.subarray(0, this.#length));
    } else {
      this.destroy();
    }
  }

  onTick(nowMs: number): void {
    if (nowMs < this.#dueMs) {
      return;
    }
    if (this.#length > 0 && !this.#isPong) {
      this.#refuse(LATE_HEAD, this.#kept.subarray(0, this.#length));
    } else {
      this.destroy();
    }
  }

  closeIfIdle(): void {
    if (this.#socket.bytesRead === 0) {
      this.destroy();
    }
  }

  destroy(): void {
    this.#socket.destroy();
  }

  onBug(error: unknown): void {
    this.#parts.onBug('a uwsgi packet', error);
    this.destroy();
    this.#parts.table.remove(this);
  }
}

function ignoreError(): void {
  // 'close' follows.
}
