// A client that sends exactly the bytes it is given and reads answers as strictly as RFC 9112 is written: what a browser
// would mend in silence is a fault here. It shares no code with the server.

import { once } from 'node:events';
import type { NetConnectOpts, Socket } from 'node:net';
import { connect } from 'node:net';
import type { ConnectionOptions } from 'node:tls';
import { connect as connectSecurely } from 'node:tls';

export interface Answer {
  readonly status: number;
  readonly reason: string;
  /** By lower-case name; a field that came twice is joined by ", ". */
  readonly fields: ReadonlyMap<string, string>;
  readonly body: string;
  readonly bytes: Buffer;
  /** The connection may carry another request. */
  readonly isKept: boolean;
}

/** The server closed the connection; `isReset` if by a reset. */
export class Closed extends Error {
  readonly isReset: boolean;
  readonly received: string;
  constructor(isReset: boolean, received: string) {
    super(`closed after ${received.length} bytes of an answer: ${received.slice(0, 200)}`);
    this.isReset = isReset;
    this.received = received;
  }
}

/** Longer than any answer here takes, even on a busy machine. */
const PATIENCE_MS = 20_000;
const FIELD = /^([!#$%&'*+\-.^_`|~0-9A-Za-z]+): ?([\t\x20-\x7e\x80-\xff]*)$/;
const DATE = /^(Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT$/;

export class Client {
  readonly socket: Socket;
  #pending: Buffer = Buffer.alloc(0);
  #end: 'end' | 'reset' | undefined;
  #wake: () => void = () => undefined;

  private constructor(socket: Socket) {
    this.socket = socket;
    const ended = (how: 'end' | 'reset') => {
      this.#end ??= how;
      this.#wake();
    };
    socket.on('data', (bytes: Buffer) => {
      this.#pending = this.#pending.length === 0 ? bytes : Buffer.concat([this.#pending, bytes]);
      this.#wake();
    });
    socket.on('end', () => ended('end'));
    socket.on('error', () => ended('reset'));
    socket.on('close', () => ended('end'));
  }

  /** To a port of 127.0.0.1, or wherever the options say. */
  static async open(to: number | NetConnectOpts): Promise<Client> {
    const socket = connect(typeof to === 'number' ? { port: to, host: '127.0.0.1', noDelay: true } : to);
    await once(socket, 'connect');
    return new Client(socket);
  }

  static over(socket: Socket): Client {
    return new Client(socket);
  }

  /** Over TLS, to 127.0.0.1. */
  static async secure(port: number, options: ConnectionOptions): Promise<Client> {
    const socket = connectSecurely({ port, host: '127.0.0.1', servername: 'site.test', ...options });
    await once(socket, 'secureConnect');
    return new Client(socket);
  }

  send(data: string | Buffer): void {
    this.socket.write(typeof data === 'string' ? Buffer.from(data, 'latin1') : data);
  }

  close(): void {
    this.socket.destroy();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  /** The next answer that is not interim. `method` is that of the request: it decides whether there is a body. */
  async read(method = 'GET'): Promise<Answer> {
    let answer = await this.readOne(method);
    while (answer.status < 200) answer = await this.readOne(method);
    return answer;
  }

  /** The next answer, interim ones as well. */
  async readOne(method = 'GET'): Promise<Answer> {
    const [line = '', ...lines] = (await this.#through('\r\n\r\n')).slice(0, -4).split('\r\n');
    const [, code, reason = ''] =
      /^HTTP\/1\.1 ([1-5]\d\d) ([\t\x20-\x7e\x80-\xff]*)$/.exec(line) ?? fault(`status line ${line}`);
    const status = Number(code);
    const fields = new Map<string, string>();
    for (const text of lines) {
      const [, name = '', value = ''] = FIELD.exec(text) ?? fault(`field ${text}`);
      const before = fields.get(name.toLowerCase());
      fields.set(name.toLowerCase(), before === undefined ? value : `${before}, ${value}`);
    }
    if (status >= 200 && !DATE.test(fields.get('date') ?? '')) fault(`Date: ${fields.get('date') ?? 'none'}`);
    const hasBody = method !== 'HEAD' && status >= 200 && status !== 204 && status !== 304;
    const bytes = await this.#readBody(fields, hasBody);
    const isKept = fields.get('connection')?.toLowerCase() !== 'close';
    return { status, reason, fields, body: bytes.toString('latin1'), bytes, isKept };
  }

  async #readBody(fields: ReadonlyMap<string, string>, hasBody: boolean): Promise<Buffer> {
    const length = fields.get('content-length');
    const coding = fields.get('transfer-encoding');
    if (length !== undefined && (coding !== undefined || !/^\d+$/.test(length)))
      fault(`length ${length} and ${coding ?? ''}`);
    if (coding !== undefined && coding !== 'chunked') fault(`Transfer-Encoding: ${coding}`);
    if (!hasBody) return Buffer.alloc(0);
    if (coding === undefined) return length === undefined ? this.#toEnd() : this.#take(Number(length));
    const chunks: Buffer[] = [];
    for (;;) {
      const size = (await this.#through('\r\n')).slice(0, -2);
      if (!/^[0-9a-f]+$/i.test(size)) fault(`chunk size ${size}`);
      const chunk = await this.#take(Number.parseInt(size, 16));
      if ((await this.#take(2)).toString('latin1') !== '\r\n') fault('no end of a chunk');
      if (chunk.length === 0) return Buffer.concat(chunks);
      chunks.push(chunk);
    }
  }

  /** Waits until the server closes; throws if it sends anything first. */
  async ended(): Promise<'end' | 'reset'> {
    while (this.#end === undefined && this.#pending.length === 0) await this.#more();
    if (this.#pending.length > 0) fault(`bytes that nobody asked for: ${this.#pending.toString('latin1', 0, 200)}`);
    return this.#end ?? 'end';
  }

  /** What has arrived and was not read. */
  get received(): string {
    return this.#pending.toString('latin1');
  }

  /** Waits until that matches. */
  async receive(pattern: RegExp): Promise<void> {
    while (!pattern.test(this.received)) await this.#moreOrThrow();
  }

  async #through(mark: string): Promise<string> {
    let at = this.#pending.indexOf(mark);
    for (; at === -1; at = this.#pending.indexOf(mark)) await this.#moreOrThrow();
    return (await this.#take(at + mark.length)).toString('latin1');
  }

  async #take(size: number): Promise<Buffer> {
    if (this.#pending.length < size) await this.#gather(size);
    const bytes = this.#pending.subarray(0, size);
    this.#pending = this.#pending.subarray(size);
    return bytes;
  }

  /** Without joining what has come so far again for each piece that arrives. */
  async #gather(size: number): Promise<void> {
    const pieces: Buffer[] = [];
    for (let left = size; left > 0; ) {
      if (this.#pending.length === 0) await this.#moreOrThrow();
      pieces.push(this.#pending);
      left -= this.#pending.length;
      this.#pending = Buffer.alloc(0);
    }
    this.#pending = Buffer.concat(pieces);
  }

  async #toEnd(): Promise<Buffer> {
    while (this.#end === undefined) await this.#more();
    if (this.#end === 'reset') throw new Closed(true, this.received);
    return this.#take(this.#pending.length);
  }

  async #moreOrThrow(): Promise<void> {
    if (this.#end !== undefined) throw new Closed(this.#end === 'reset', this.received);
    await this.#more();
  }

  async #more(): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.#wake = resolve;
    const timer = setTimeout(
      () => reject(new Error(`nothing came for ${PATIENCE_MS} ms after "${this.received.slice(0, 200)}"`)),
      PATIENCE_MS,
    );
    await promise.finally(() => clearTimeout(timer));
  }
}

function fault(text: string): never {
  throw new Error(`not an answer of HTTP/1.1: ${text}`);
}
