/**
 * The least that an edge of Portico's shape can do, started by least_server.py: Node.js reads what clients send and writes what they get, and a process of
 * Python makes the answers, or nobody does. Nothing is understood but what the loads of the benchmarks send, nothing is checked, held back, limited or
 * logged. What this takes of the processor the runtime and the kernel take, whatever is built on them.
 *
 *   node least-edge.ts DESCRIPTOR           answers each request with 1 KB
 *   node least-edge.ts DESCRIPTOR SOCKET    relays: requests whole, answers as they come
 */

import { writeSync } from 'node:fs';
import type { Socket } from 'node:net';
import { descriptorOf, listenWithBuffer } from '../../src/relay/sockets/node-internals.ts';

const BACKLOG = 1024;
const READ_BYTES = 65_536;
const LARGE_READ_BYTES = 262_144;
const LARGE = Buffer.allocUnsafeSlow(LARGE_READ_BYTES);
const USUAL = LARGE.subarray(0, READ_BYTES);
const LANE = Buffer.allocUnsafeSlow(LARGE_READ_BYTES);
/** In both directions: the number of a connection, what it asks for, and how many bytes follow. */
const HEADER_BYTES = 8;
const ASKS = { small: 0, large: 1 } as const;
/** A longer body is written to the worker from where it was collected. */
const COPIED_MAX = 32_768;
const OUT_BYTES = 65_536;
const HEAD_END = '\r\n\r\n';
const ANSWER = Buffer.from(`HTTP/1.1 200 OK\r\nContent-Length: 1024\r\n\r\n${'x'.repeat(1024)}`);

const [, , descriptor = '', lanePath] = process.argv;

/** At once as far as the kernel has room; the stream writes the rest, from a copy unless nobody else writes into these bytes before. */
function send(socket: Socket, bytes: Buffer, isLasting = false): void {
  let sent = 0;
  const fd = descriptorOf(socket);
  if (fd !== undefined && socket.writableLength === 0) {
    try {
      sent = writeSync(fd, bytes);
    } catch {
      // There is no room, or the client has gone.
    }
  }
  if (sent < bytes.length) {
    const rest = bytes.subarray(sent);
    socket.write(isLasting ? rest : Buffer.from(rest));
  }
}

/** The requests of a load are all alike, so the first head of a connection tells where each ends. */
class Client {
  readonly socket: Socket;
  readonly number: number;
  #headBytes = 0;
  #asks: number = ASKS.small;
  #body = Buffer.alloc(0);
  #bodyBytes = -1;

  constructor(socket: Socket, number: number) {
    this.socket = socket;
    this.number = number;
  }

  receive(relay: Relay, length: number): void {
    let at = 0;
    if (this.#bodyBytes < 0) {
      if (this.#headBytes === 0) this.#measure(LARGE.latin1Slice(0, length));
      at = this.#headBytes;
      this.#bodyBytes = 0;
    }
    this.#bodyBytes += LARGE.copy(this.#body, this.#bodyBytes, at, length);
    if (this.#bodyBytes === this.#body.length) {
      this.#bodyBytes = -1;
      relay.ask(this.number, this.#asks, this.#body);
    }
  }

  #measure(head: string): void {
    this.#headBytes = head.indexOf(HEAD_END) + HEAD_END.length;
    this.#asks = head.startsWith('GET /1m') ? ASKS.large : ASKS.small;
    const [, length = '0'] = /content-length: (\d+)/i.exec(head) ?? [];
    this.#body = Buffer.alloc(Number(length));
  }
}

/** The connection to the worker. */
class Relay {
  readonly #clients: Client[] = [];
  #lane: Socket | undefined;
  #out = Buffer.allocUnsafeSlow(OUT_BYTES);
  #outBytes = 0;
  /** The answer that is being received: whose, and how much of it is missing. */
  #answered: Client | undefined;
  #left = 0;
  /** What has come of a header. */
  #header = Buffer.alloc(0);

  set lane(socket: Socket) {
    this.#lane = socket;
  }

  add(socket: Socket): Client {
    const client = new Client(socket, this.#clients.length);
    this.#clients.push(client);
    return client;
  }

  ask(number: number, asks: number, body: Buffer): void {
    const copied = body.length <= COPIED_MAX ? body.length : 0;
    if (this.#outBytes + HEADER_BYTES + copied > OUT_BYTES) this.flush();
    if (this.#outBytes === 0) setImmediate(() => this.flush());
    this.#out.writeUInt32LE(number * 2 + asks, this.#outBytes);
    this.#out.writeUInt32LE(body.length, this.#outBytes + 4);
    this.#outBytes += HEADER_BYTES;
    if (copied > 0) this.#outBytes += body.copy(this.#out, this.#outBytes);
    else if (body.length > 0) {
      this.flush();
      if (this.#lane !== undefined) send(this.#lane, body, true);
    }
  }

  flush(): void {
    if (this.#lane !== undefined && this.#outBytes > 0) send(this.#lane, this.#out.subarray(0, this.#outBytes));
    this.#outBytes = 0;
  }

  receive(length: number): void {
    let at = 0;
    while (at < length) {
      if (this.#left > 0) {
        const end = Math.min(length, at + this.#left);
        this.#left -= end - at;
        if (this.#answered !== undefined) send(this.#answered.socket, LANE.subarray(at, end));
        at = end;
      } else {
        at = this.#readHeader(at, length);
      }
    }
  }

  #readHeader(at: number, length: number): number {
    const end = Math.min(length, at + HEADER_BYTES - this.#header.length);
    const header = Buffer.concat([this.#header, LANE.subarray(at, end)]);
    if (header.length === HEADER_BYTES) {
      this.#answered = this.#clients[header.readUInt32LE(0)];
      this.#left = header.readUInt32LE(4);
      this.#header = Buffer.alloc(0);
    } else {
      this.#header = header;
    }
    return end;
  }
}

function fail(error: unknown): void {
  throw error;
}

const relay = new Relay();
if (lanePath !== undefined) {
  listenWithBuffer(
    { path: lanePath },
    LANE,
    (socket) => {
      relay.lane = socket;
      return (length) => {
        relay.receive(length);
        return undefined;
      };
    },
    fail,
  );
}
listenWithBuffer(
  { fd: Number(descriptor), backlog: BACKLOG },
  USUAL,
  (socket) => {
    socket.on('end', () => socket.destroy()).on('error', () => socket.destroy());
    if (lanePath === undefined) {
      return () => {
        send(socket, ANSWER);
        return undefined;
      };
    }
    const client = relay.add(socket);
    return (length) => {
      client.receive(relay, length);
      return length >= READ_BYTES ? LARGE : USUAL;
    };
  },
  fail,
);
