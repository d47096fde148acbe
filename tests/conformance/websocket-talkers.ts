// Many WebSockets that talk without a pause: each sends numbers and gets them back from an application that says its version before
// each. What is lost, doubled, out of order or closed is noted.

import { setTimeout as delay } from 'node:timers/promises';
import type { ServerFrame } from './websocket-client.ts';
import { WebSocketClient } from './websocket-client.ts';

/** Answers `number` with `VERSION pid number`. */
export function talkingApp(version: number): string {
  return `
import asyncio, os, time
VERSION = ${version}

async def application(scope, receive, send):
    if scope['type'] == 'websocket':
        await receive()
        await send({'type': 'websocket.accept'})
        while (message := await receive())['type'] == 'websocket.receive':
            await send({'type': 'websocket.send', 'text': f'{VERSION} {os.getpid()} {message["text"]}'})
    elif scope['type'] == 'http':
        if scope['path'] == '/slow':
            await asyncio.sleep(1)
        if scope['path'] == '/hang':
            await asyncio.sleep(3600)
        if scope['path'] == '/block':
            time.sleep(3600)
        await send({'type': 'http.response.start', 'status': 200})
        await send({'type': 'http.response.body', 'body': b'%d %d' % (VERSION, os.getpid())})
`;
}

export interface TalkOptions {
  readonly count: number;
  /** Between a socket's messages. */
  readonly pauseMs: number;
  /** Sent before the answer to the first has come. */
  readonly ahead: number;
}

/** Opened at a time. */
const AT_ONCE = 50;

export class Talker {
  readonly client: WebSocketClient;
  sent = 0;
  got = 0;
  version = '';
  pid = 0;
  /** `close 1012`, `lost` or what was wrong: nothing if all is well. */
  end: string | undefined;

  constructor(client: WebSocketClient) {
    this.client = client;
    client.onFrame = (frame) => this.#onFrame(frame);
  }

  say(): void {
    this.client.text(String(this.sent));
    this.sent += 1;
  }

  #onFrame({ kind, code, data }: ServerFrame): void {
    const [version = '', pid, number] = data.toString().split(' ');
    if (kind === 'ping') return;
    if (kind !== 'text') {
      this.end ??= kind === 'close' ? `close ${code}` : kind;
    } else if (number !== String(this.got)) {
      this.end ??= `got ${number ?? ''} instead of ${this.got}`;
    } else {
      this.version ||= version;
      this.pid = Number(pid);
      if (this.version !== version) this.end ??= `version ${version} after ${this.version}`;
      this.got += 1;
    }
  }
}

export class Talkers {
  readonly all: Talker[] = [];
  readonly #options: TalkOptions;
  #isStopping = false;
  #talking: Promise<unknown> = Promise.resolve();

  private constructor(options: TalkOptions) {
    this.#options = options;
  }

  static async open(port: number, options: TalkOptions): Promise<Talkers> {
    const talkers = new Talkers(options);
    while (talkers.all.length < options.count) {
      const some = Math.min(AT_ONCE, options.count - talkers.all.length);
      const clients = await Promise.all(Array.from({ length: some }, () => WebSocketClient.open(port)));
      talkers.all.push(...clients.map((client) => new Talker(client)));
    }
    talkers.#talking = talkers.#talk();
    return talkers;
  }

  async #talk(): Promise<void> {
    const { pauseMs, ahead } = this.#options;
    while (!this.#isStopping) {
      for (const talker of this.all) {
        if (talker.end === undefined && talker.sent - talker.got < ahead) talker.say();
      }
      await delay(pauseMs);
    }
  }

  get sent(): number {
    return this.all.reduce((sum, { sent }) => sum + sent, 0);
  }

  get got(): number {
    return this.all.reduce((sum, { got }) => sum + got, 0);
  }

  /** Every ending that was seen, and how often. */
  get ends(): Readonly<Record<string, number>> {
    const ends: Record<string, number> = {};
    for (const { end } of this.all) {
      if (end !== undefined) ends[end] = (ends[end] ?? 0) + 1;
    }
    return ends;
  }

  /** Says nothing more. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    await this.#talking;
  }

  [Symbol.dispose](): void {
    this.#isStopping = true;
    for (const { client } of this.all) client.socket.destroy();
  }
}
