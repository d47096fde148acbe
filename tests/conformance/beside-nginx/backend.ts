/**
 * The server behind both programs. It answers with what it was sent, byte by byte; or, where a request has the field `X-Answer`, with the bytes that the field
 * says, `^` for the end of a line and `BACKEND` for its own address. It closes each connection behind its answer, and knows nothing of HTTP but where a request ends.
 */

import { once } from 'node:events';
import type { AddressInfo, Server, Socket } from 'node:net';
import { createServer } from 'node:net';

/** One that never comes to its end is not kept for longer. */
const REQUEST_BYTES_MAX = 1_048_576;

export class Backend implements AsyncDisposable {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  private constructor(server: Server) {
    this.#server = server;
    server.on('connection', (socket) => this.#serve(socket));
  }

  static async start(): Promise<Backend> {
    const server = createServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new Backend(server);
  }

  /** `127.0.0.1:PORT` */
  get address(): string {
    const { address, port } = this.#server.address() as AddressInfo;
    return `${address}:${port}`;
  }

  #serve(socket: Socket): void {
    let bytes = Buffer.alloc(0);
    this.#sockets.add(socket);
    socket.on('close', () => this.#sockets.delete(socket));
    // Whoever has asked may go at any time.
    socket.on('error', () => socket.destroy());
    socket.on('data', (more: Buffer) => {
      bytes = Buffer.concat([bytes, more]);
      if (isWhole(bytes) || bytes.length > REQUEST_BYTES_MAX) {
        socket.removeAllListeners('data');
        socket.end(this.#answerTo(bytes));
      }
    });
  }

  #answerTo(request: Buffer): Buffer {
    const [, wanted] = /^x-answer: *(.*?) *\r?$/im.exec(headOf(request)) ?? [];
    if (wanted !== undefined) {
      return Buffer.from(wanted.replaceAll('^', '\r\n').replaceAll('BACKEND', this.address), 'latin1');
    }
    const head = `HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: ${request.length}\r\n\r\n`;
    return Buffer.concat([Buffer.from(head), request]);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
    await once(this.#server, 'close');
  }
}

function headOf(request: Buffer): string {
  const end = request.indexOf('\r\n\r\n');
  return request.toString('latin1', 0, end === -1 ? request.length : end);
}

function isWhole(request: Buffer): boolean {
  const end = request.indexOf('\r\n\r\n');
  if (end === -1) return false;
  const head = headOf(request);
  if (/^transfer-encoding: *chunked/im.test(head)) return request.subarray(end).includes('\r\n0\r\n\r\n');
  const length = Number(/^content-length: *(\d+)/im.exec(head)?.[1] ?? 0);
  return request.length >= end + 4 + length;
}
