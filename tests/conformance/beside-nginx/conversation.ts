// One connection to one program: bytes are sent, the responses to them are read, and a last request, which every configuration answers somehow, tells whether
// the connection has been kept. So nothing waits for silence.

import { once } from 'node:events';
import type { Socket } from 'node:net';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { SeenResponse } from './response-reader.ts';
import { readResponse } from './response-reader.ts';

export interface Conversation {
  readonly responses: readonly SeenResponse[];
  /** `silent`: the program did not answer, nor close, in the time it was given. */
  readonly end: 'kept' | 'closed' | 'silent';
  readonly clientPort: number;
}

export interface Said {
  readonly bytes: Buffer;
  /** Of the requests in the bytes, for the framing of the answers. */
  readonly methods: readonly string[];
  /** The bytes speak of the end of the connection themselves, so that no last request follows. */
  readonly isLast: boolean;
}

const LAST_REQUEST = Buffer.from('GET /kept HTTP/1.1\r\nHost: kept.test\r\nConnection: close\r\n\r\n');
/** A program that waits for more than it is sent says nothing; both are given the same time. */
const SILENCE_MS = 2_500;
const RETRY_MS = 20;
const ATTEMPTS_MAX = 200;
/** The client of both programs; each listens on an address of its own, so that both have the same ports. */
const CLIENT_ADDRESS = '127.0.0.1';

/** `used`: ports of the client that belong to other conversations of the same case; a line of a log is known by its port. */
export async function converse(
  to: { readonly host: string; readonly port: number },
  said: Said,
  used: Set<number>,
): Promise<Conversation> {
  for (let attempts = 0; attempts < ATTEMPTS_MAX; attempts += 1) {
    const socket = connect({ ...to, localAddress: CLIENT_ADDRESS, noDelay: true, allowHalfOpen: true });
    try {
      if (!(await isConnected(socket))) {
        await sleep(RETRY_MS);
        continue;
      }
      const clientPort = socket.localPort ?? 0;
      if (used.has(clientPort)) continue;
      used.add(clientPort);
      return await new Dialogue(socket, said, clientPort).run();
    } finally {
      socket.destroy();
    }
  }
  throw new Error(`nothing listens at ${to.host}:${to.port}`);
}

/** The ports of a configuration are opened one by one, and only the first was waited for. */
async function isConnected(socket: Socket): Promise<boolean> {
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  }
}

class Dialogue {
  readonly #socket: Socket;
  readonly #said: Said;
  readonly #responses: SeenResponse[] = [];
  #bytes = Buffer.alloc(0);
  #isEnded = false;
  #hasAskedLast = false;
  readonly #clientPort: number;

  constructor(socket: Socket, said: Said, clientPort: number) {
    this.#socket = socket;
    this.#said = said;
    this.#clientPort = clientPort;
  }

  run(): Promise<Conversation> {
    return new Promise((resolve) => {
      const finish = (end: Conversation['end']): void => {
        clearTimeout(timer);
        resolve({ responses: this.#responses, end, clientPort: this.#clientPort });
      };
      const timer = setTimeout(() => finish('silent'), SILENCE_MS);
      this.#socket.write(this.#said.bytes);
      this.#socket.on('data', (bytes: Buffer) => {
        this.#bytes = Buffer.concat([this.#bytes, bytes]);
        this.#read();
        // What comes after the answer to the last request is for the end of the connection to show.
      });
      const ended = (): void => {
        if (this.#isEnded) return;
        this.#isEnded = true;
        this.#read();
        finish(this.#hasAnsweredLast() ? 'kept' : 'closed');
      };
      this.#socket.on('end', ended);
      this.#socket.on('close', ended);
      this.#socket.on('error', ended);
    });
  }

  #read(): void {
    for (;;) {
      const method = this.#said.methods[this.#finals()] ?? 'GET';
      const reading = readResponse(this.#bytes, method, this.#isEnded);
      if (reading === undefined) return;
      this.#responses.push(reading.response);
      this.#bytes = Buffer.from(reading.rest);
      if (this.#finals() >= this.#said.methods.length) this.#askLast();
    }
  }

  #askLast(): void {
    if (this.#hasAskedLast || this.#said.isLast) return;
    this.#hasAskedLast = true;
    if (!this.#isEnded) this.#socket.write(LAST_REQUEST);
  }

  /** Without the interim ones, such as 100. */
  #finals(): number {
    return this.#responses.filter(({ statusLine }) => !/^\S+ 1\d\d/.test(statusLine)).length;
  }

  #hasAnsweredLast(): boolean {
    return this.#finals() > this.#said.methods.length;
  }
}
