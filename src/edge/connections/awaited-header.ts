/**
 * A connection that has to begin with the header of the PROXY protocol, until that has come. It is in the table meanwhile, so that caps and a deadline hold for it. What is no such
 * header ends it: a client that has found a way around the balancer, and could say who it is, is not served.
 */

import type { Socket } from 'node:net';
import type { Client } from '../../protocol/http/origin.ts';
import { GatheredHeader } from '../../protocol/proxy-protocol/gathered-header.ts';
import type { ProxyHeader } from '../../protocol/proxy-protocol/header.ts';
import { escapeLog } from '../access-log/line.ts';
import type { ConnectionTable, TrackedConnection } from './connection-table.ts';

export interface AwaitedHeaderParts {
  readonly table: Pick<ConnectionTable, 'add' | 'remove' | 'nowMs'>;
  /** How long it may take. */
  readonly withinMs: number;
  /** What the connections of its address share. */
  readonly services: unknown;
  /** What is wrong with what came, escaped. */
  readonly tell: (reason: string) => void;
  readonly tellLate: () => void;
  readonly onBug: (what: string, error: unknown) => void;
  /** The header, and the bytes behind it, which are borrowed until it returns. True: more are wanted. */
  readonly onHeader: (header: ProxyHeader, rest: Buffer) => boolean;
}

/** So much of what came in the place of a header is told. */
const TOLD_BYTES = 107;

export class AwaitedHeader implements TrackedConnection {
  readonly address: string;
  readonly services: unknown;
  readonly #socket: Socket;
  readonly #parts: AwaitedHeaderParts;
  readonly #dueMs: number;
  readonly #gathered = new GatheredHeader();
  readonly #onEnd = (): void => this.#lose();
  readonly #onClose = (): void => this.#parts.table.remove(this);

  constructor(socket: Socket, client: Client, parts: AwaitedHeaderParts) {
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
    const { read, bytes } = this.#gathered.take(chunk.subarray(0, length));
    switch (read.kind) {
      case 'incomplete':
        return true;
      case 'invalid':
        this.#refuse(read.reason, bytes);
        return true;
      case 'header':
        return this.#hand(read.header, bytes.subarray(read.length));
    }
  }

  /** Whoever has the socket next comes into the table before this leaves it: an edge that stops ends as soon as its table is empty. */
  #hand(header: ProxyHeader, rest: Buffer): boolean {
    const socket = this.#socket;
    socket.off('end', this.#onEnd);
    socket.off('error', ignoreError);
    try {
      return this.#parts.onHeader(header, rest);
    } finally {
      socket.off('close', this.#onClose);
      this.#parts.table.remove(this);
    }
  }

  #refuse(reason: string, bytes: Buffer): void {
    const quoted = escapeLog(bytes.latin1Slice(0, Math.min(bytes.length, TOLD_BYTES)));
    this.#parts.tell(reason === 'broken header' ? `${reason}: "${quoted}"` : reason);
    this.destroy();
  }

  /** The client sends nothing more. One that has sent nothing at all has only looked whether somebody is there. */
  #lose(): void {
    const { kept } = this.#gathered;
    if (kept.length > 0) {
      this.#refuse('broken header', kept);
    } else {
      this.destroy();
    }
  }

  onTick(nowMs: number): void {
    if (nowMs >= this.#dueMs) {
      this.#parts.tellLate();
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
    this.#parts.onBug('a PROXY header', error);
    this.destroy();
    this.#parts.table.remove(this);
  }
}

function ignoreError(): void {
  // 'close' follows.
}
