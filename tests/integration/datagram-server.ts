// Ends of datagrams: a server of the test's own, and a client of the server under test.

import type { Socket } from 'node:dgram';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { within } from './waiting.ts';

const ANSWER_MS = 15_000;

export interface DatagramBackend extends AsyncDisposable {
  readonly port: number;
  /** `text from port`, in their order. */
  readonly heard: readonly { readonly text: string; readonly port: number }[];
}

/** `answer`: what is sent back, each as one datagram. */
export async function answerDatagrams(answer: (text: string) => readonly string[]): Promise<DatagramBackend> {
  const heard: { text: string; port: number }[] = [];
  const socket = createSocket('udp4').bind(0, '127.0.0.1');
  socket.on('message', (datagram, from) => {
    heard.push({ text: datagram.toString(), port: from.port });
    for (const text of answer(datagram.toString())) {
      socket.send(text, from.port, from.address);
    }
  });
  await once(socket, 'listening');
  return { port: socket.address().port, heard, [Symbol.asyncDispose]: () => close(socket) };
}

/** A port of UDP that nobody has at this moment. */
export async function findDatagramPort(): Promise<number> {
  const socket = createSocket('udp4').bind(0, '127.0.0.1');
  await once(socket, 'listening');
  const { port } = socket.address();
  await close(socket);
  return port;
}

/** It takes datagrams from the address that it has asked alone. */
export class DatagramPeer implements AsyncDisposable {
  readonly #socket: Socket;
  readonly #got: string[] = [];
  #wake: () => void = () => undefined;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('message', (datagram) => {
      this.#got.push(datagram.latin1Slice());
      this.#wake();
    });
  }

  static async of(port: number, host = '127.0.0.1'): Promise<DatagramPeer> {
    const socket = createSocket('udp4').bind(0, '127.0.0.1');
    socket.connect(port, host);
    await once(socket, 'connect');
    return new DatagramPeer(socket);
  }

  get port(): number {
    return this.#socket.address().port;
  }

  send(text: string | Buffer): void {
    this.#socket.send(text);
  }

  /** In latin-1. */
  async next(): Promise<string> {
    if (this.#got.length === 0) {
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#wake = resolve;
      await within(ANSWER_MS, 'an answer', promise);
    }
    return this.#got.shift() ?? '';
  }

  ask(text: string | Buffer): Promise<string> {
    this.send(text);
    return this.next();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return close(this.#socket);
  }
}

async function close(socket: Socket): Promise<void> {
  socket.close();
  await once(socket, 'close');
}
