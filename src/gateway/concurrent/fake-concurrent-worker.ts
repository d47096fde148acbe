/** The worker's end of a concurrent lane, made up for tests: it does nothing by itself, and speaks of streams by the names of their requests. */

import { FRAME, renderFrame, renderWords } from '../../protocol/lanes/frames.ts';
import type { ReadRequest, WrittenFrame } from '../fake-worker.ts';
import { FakeSocket, readRequest, responseFrame } from '../fake-worker.ts';
import type { LaneSocket } from '../lanes/lane-socket.ts';
import type { ConcurrentLane } from './concurrent-lane.ts';

/** A longer payload is told by its length. */
const TOLD_BYTES_MAX = 100;

const WORDS: Readonly<Record<number, string>> = {
  [FRAME.body]: 'body',
  [FRAME.bodyEnd]: 'end',
  [FRAME.abort]: 'abort',
  [FRAME.fileOpened]: 'opened',
  [FRAME.fileRefused]: 'refused',
  [FRAME.clientEnd]: 'client-end',
  [FRAME.wsText]: 'text',
  [FRAME.wsBinary]: 'binary',
  [FRAME.wsMore]: 'more',
  [FRAME.wsLarge]: 'large',
};

export class FakeConcurrentWorker {
  readonly socket: FakeSocket = new FakeSocket();
  readonly lane: ConcurrentLane;
  /** By the name of the request, which is its path without the slash. */
  readonly requests: Map<string, ReadRequest> = new Map<string, ReadRequest>();
  readonly #streams = new Map<string, number>();
  readonly #names = new Map<number, string>();

  constructor(connect: (socket: LaneSocket) => ConcurrentLane) {
    this.lane = connect(this.socket);
  }

  /** What came since this was last called: `request a`, `body a text`, `credit a 5`, `close a 1000 reason`, `ping`, `drain` … */
  receive(): string[] {
    return this.socket.takeFrames().map((frame) => this.#describe(frame));
  }

  #describe(frame: WrittenFrame): string {
    const { type, stream, payload } = frame;
    if (type === FRAME.request) {
      const request = readRequest(frame);
      const name = request.request[1]?.slice(1) ?? '';
      this.requests.set(name, request);
      this.#streams.set(name, stream);
      this.#names.set(stream, name);
      return `request ${name}`;
    }
    const name = this.#names.get(stream) ?? '';
    switch (type) {
      case FRAME.ping:
        return 'ping';
      case FRAME.drain:
        return 'drain';
      case FRAME.credit:
        return `credit ${name} ${payload.readUInt32LE()}`;
      case FRAME.wsClose:
        return `close ${name} ${payload.readUInt16LE()} ${payload.subarray(2).toString()}`.trimEnd();
      default: {
        const text = payload.length > TOLD_BYTES_MAX ? payload.length : payload.toString();
        return `${WORDS[type] ?? type} ${name} ${text}`.trimEnd();
      }
    }
  }

  streamOf(name: string): number {
    return this.#streams.get(name) ?? 0;
  }

  /** The edge reads all this at once. */
  send(...frames: readonly Buffer[]): void {
    const bytes = Buffer.concat(frames);
    this.lane.onBytes(bytes, 0, bytes.length);
  }

  frame(type: number, name: string, payload: Buffer | string = ''): Buffer {
    return renderFrame(type, this.streamOf(name), Buffer.from(payload));
  }

  tell(type: number, name: string, payload: Buffer | string = ''): void {
    this.send(this.frame(type, name, payload));
  }

  /** A response in one frame, or its beginning. `head`: status, name, value … */
  answer(name: string, body: string, head: readonly string[] = ['200']): void {
    this.send(responseFrame(FRAME.responseWhole, this.streamOf(name), body, head.join('\0')));
  }

  begin(name: string, body: string, head: readonly string[] = ['200']): void {
    this.send(responseFrame(FRAME.response, this.streamOf(name), body, head.join('\0')));
  }

  grant(name: string, bytes: number): void {
    this.send(renderWords(FRAME.workerCredit, this.streamOf(name), [bytes]));
  }

  /** `fields`: name, value … */
  accept(name: string, subprotocol = '', ...fields: readonly string[]): void {
    this.tell(FRAME.wsAccept, name, [subprotocol, ...fields].join('\0'));
  }

  close(name: string, code: number, reason = ''): void {
    this.tell(FRAME.workerWsClose, name, Buffer.concat([Buffer.of(code & 0xff, code >> 8), Buffer.from(reason)]));
  }

  pong(): void {
    this.send(renderFrame(FRAME.pong, 0));
  }
}
