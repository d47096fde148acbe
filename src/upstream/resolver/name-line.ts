/** The sockets by which a name server is asked. Each question has one of its own, so its answer has to come to a port that nobody knows who does not see the question. */

import type { Socket } from 'node:net';
import { DatagramLine } from '../connections/datagram-line.ts';

/** By its address. */
export interface NameServer {
  readonly host: string;
  readonly port: number;
  /** `127.0.0.1:53`, as logs have it. */
  readonly name: string;
}

export interface NameLine {
  /** Sends a message, at once or when it is connected. */
  send(message: Buffer): void;
  close(): void;
}

export interface NameLineEvents {
  onMessage(message: Buffer): void;
  /** At most once, and nothing after it. Undefined: the server has closed the connection. */
  onLost(error: Error | undefined): void;
}

export type OpenNameLine = (server: NameServer, isTcp: boolean, events: NameLineEvents) => NameLine;

export const openNameLine: OpenNameLine = (server, isTcp, events) =>
  isTcp ? new TcpLine(server, events) : new DatagramLine(server, events);

const LENGTH_BYTES = 2;

/** RFC 1035 4.2.2: a length of two bytes stands before each message. */
class TcpLine implements NameLine {
  readonly #socket: Socket;
  readonly #events: NameLineEvents;
  #read: Buffer[] = [];
  #readBytes = 0;
  /** With the bytes of the length; unknown as long as these have not come. */
  #wholeBytes = Number.POSITIVE_INFINITY;
  #isClosed = false;

  constructor({ host, port }: NameServer, events: NameLineEvents) {
    const { connect } = process.getBuiltinModule('node:net');
    this.#events = events;
    this.#socket = connect({ host, port });
    this.#socket.unref();
    this.#socket.on('data', (bytes) => this.#take(bytes));
    this.#socket.on('error', (error) => this.#lose(error));
    this.#socket.on('close', () => this.#lose(undefined));
  }

  send(message: Buffer): void {
    const length = Buffer.alloc(LENGTH_BYTES);
    length.writeUInt16BE(message.length);
    this.#socket.write(Buffer.concat([length, message]));
  }

  /** One question is asked, so one message is read. */
  #take(bytes: Buffer): void {
    this.#read.push(bytes);
    this.#readBytes += bytes.length;
    if (this.#wholeBytes === Number.POSITIVE_INFINITY && this.#readBytes >= LENGTH_BYTES) {
      this.#read = [Buffer.concat(this.#read)];
      this.#wholeBytes = LENGTH_BYTES + (this.#read[0]?.readUInt16BE() ?? 0);
    }
    if (this.#readBytes >= this.#wholeBytes && !this.#isClosed) {
      this.close();
      this.#events.onMessage(Buffer.concat(this.#read).subarray(LENGTH_BYTES, this.#wholeBytes));
    }
  }

  #lose(error: Error | undefined): void {
    if (!this.#isClosed) {
      this.close();
      this.#events.onLost(error);
    }
  }

  close(): void {
    this.#isClosed = true;
    this.#socket.destroy();
  }
}
