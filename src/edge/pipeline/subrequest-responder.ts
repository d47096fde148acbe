/** Takes what a subrequest is answered with: collects it up to a limit, or passes it on under backpressure. */

import type {
  Body,
  BorrowedBody,
  FilePart,
  Responder,
  ResponseHead,
  ResponseWatcher,
  Tunnel,
  WebSocketSession,
} from '../../protocol/http/exchange.ts';
import { NO_FIELDS } from '../../protocol/http/response-fields.ts';
import { BodyChain } from './filters/body-chain.ts';
import type { SubrequestOutput } from './route.ts';

const NOTHING = Buffer.alloc(0);

export interface SubrequestAnswer {
  readonly into: SubrequestOutput | undefined;
  readonly bytesMax: number;
  onEnd(): void;
  onFault(error: unknown): void;
}

export class SubrequestResponder implements Responder {
  head: ResponseHead | undefined = undefined;
  isComplete = false;
  readonly #answer: SubrequestAnswer;
  readonly #chain: BodyChain;
  #collected: Buffer[] = [];
  #collectedBytes = 0;
  #watcher: ResponseWatcher | undefined = undefined;
  #isOver = false;

  constructor(answer: SubrequestAnswer) {
    this.#answer = answer;
    const end = {
      write: (bytes: Buffer) => this.#take(bytes),
      end: () => this.#finish(true),
      cut: () => this.#finish(false),
    };
    this.#chain = new BodyChain([], end, {
      onSent: () => undefined,
      onDrain: () => this.#watcher?.onDrain(),
      onEnd: () => undefined,
      onFault: (error) => answer.onFault(error),
    });
  }

  /** Empty if there was more than may be collected. */
  get body(): Buffer {
    return this.#collectedBytes > this.#answer.bytesMax ? NOTHING : Buffer.concat(this.#collected);
  }

  get hasCaughtUp(): boolean {
    return this.#chain.isIdle;
  }

  /** False: it is to wait until `drained`. */
  #take(bytes: Buffer): boolean {
    if (this.#answer.into !== undefined) {
      return this.#answer.into.write(bytes);
    }
    this.#collectedBytes += bytes.length;
    if (this.#collectedBytes > this.#answer.bytesMax) {
      this.#collected = [];
    } else {
      // Bytes that are answered with may be a part of memory that others go on using.
      this.#collected.push(Buffer.from(bytes));
    }
    return true;
  }

  #finish(isComplete: boolean): void {
    if (!this.#isOver) {
      this.#isOver = true;
      this.isComplete = isComplete;
      this.#answer.onEnd();
    }
  }

  /** The taker of the body has room again. */
  drained(): void {
    this.#chain.onDrain();
  }

  /** Nobody wants the answer any more. */
  cancel(status: number): void {
    this.#isOver = true;
    this.head ??= { status, reason: undefined, fields: NO_FIELDS };
    this.#collected = [];
    this.#chain.drop();
  }

  watch(watcher: ResponseWatcher | undefined): void {
    this.#watcher = watcher;
  }

  respond(head: ResponseHead, body: Body): void {
    this.#noteHead(head);
    this.#chain.writeWhole(body);
  }

  begin(head: ResponseHead): void {
    this.#noteHead(head);
  }

  #noteHead(head: ResponseHead): void {
    this.head = head;
    this.#answer.into?.onHead?.(head);
  }

  write(bytes: Buffer | BorrowedBody): boolean {
    return this.#chain.write(bytes);
  }

  writeFile(part: FilePart, sent: () => void): void {
    this.#chain.writeFile(part, sent);
  }

  end(): void {
    this.#chain.end();
  }

  cut(): void {
    this.#chain.cut();
  }

  refuse(status: number): void {
    this.respond({ status, reason: undefined, fields: NO_FIELDS }, undefined);
  }

  hint(): boolean {
    return true;
  }

  trail(): void {
    // Trailers are of the client's response alone.
  }

  acceptWebSocket(): WebSocketSession {
    throw new Error('a subrequest is no WebSocket');
  }

  switchProtocols(): Tunnel | undefined {
    return undefined;
  }

  takeOver(): Tunnel | undefined {
    return undefined;
  }
}
