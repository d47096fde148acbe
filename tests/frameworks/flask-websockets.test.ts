// WebSockets of WSGI applications: see examples/flask-websockets. Socket.IO is spoken by hand: 40 connects, 42 is an event.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';
import { within } from '../integration/waiting.ts';
import { serveExample } from './example.ts';

const PATIENCE_MS = 10_000;

class Talk {
  readonly #socket: WebSocket;
  readonly #messages: string[] = [];
  #wake: () => void = () => undefined;
  readonly closed: Promise<unknown>;

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    this.closed = once(socket, 'close').then(([event]) => (event as CloseEvent).code);
    socket.addEventListener('message', ({ data }: MessageEvent) => {
      this.#messages.push(String(data));
      this.#wake();
    });
  }

  static async open(url: string): Promise<Talk> {
    const socket = new WebSocket(url);
    const talk = new Talk(socket);
    await within(PATIENCE_MS, 'the handshake', once(socket, 'open'));
    return talk;
  }

  /** Opens the transport, and on top of it a name space of Socket.IO. */
  static async openSocketIo(port: number): Promise<Talk> {
    const talk = await Talk.open(`ws://127.0.0.1:${port}/socket.io/?EIO=4&transport=websocket`);
    await talk.hear(/^0\{/);
    talk.say('40');
    await talk.hear(/^40\{/);
    return talk;
  }

  say(text: string): void {
    this.#socket.send(text);
  }

  /** The next message that matches. */
  async hear(pattern: RegExp): Promise<string> {
    for (;;) {
      const message = this.#messages.shift();
      if (message !== undefined && pattern.test(message)) return message;
      if (message === undefined) {
        const { promise, resolve } = Promise.withResolvers<void>();
        this.#wake = resolve;
        await within(PATIENCE_MS, `a message like ${String(pattern)}`, promise);
      }
    }
  }

  close(): void {
    this.#socket.close(1000);
  }
}

for (const [mode, args] of [
  ['threading', ['--threads', '20']],
  ['gevent', ['--worker-class', 'gevent', '--timeout', '5']],
] as const) {
  test(`flask-sock and Flask-SocketIO talk, with ${mode}`, async () => {
    await using server = await serveExample('flask-websockets', { args: ['--workers', '1', ...args] });
    const echo = await Talk.open(`ws://127.0.0.1:${server.port}/echo`);
    for (const text of ['a', 'x'.repeat(300_000)]) {
      echo.say(text);
      assert.equal(await echo.hear(/./), text);
    }
    echo.say('bye');
    assert.equal(await within(PATIENCE_MS, 'the close', echo.closed), 1000);
    const talks = await Promise.all([1, 2, 3].map(() => Talk.openSocketIo(server.port)));
    talks[0]?.say('42["say","hello"]');
    for (const talk of talks) {
      assert.equal(await talk.hear(/^42/), `42["said","hello (${mode})"]`);
    }
    assert.equal((await fetch(`http://127.0.0.1:${server.port}/news`)).status, 204);
    for (const talk of talks) {
      assert.equal(await talk.hear(/^42/), '42["said","news"]');
      talk.close();
    }
    const failing = await Talk.open(`ws://127.0.0.1:${server.port}/refusing`);
    assert.equal(await within(PATIENCE_MS, 'the close', failing.closed), 1006);
    await server.logged(/ValueError: a fault of the application/);
    assert.doesNotMatch(server.log, /StopIteration|ConnectionError|\] ERROR portico: /);
  });
}
