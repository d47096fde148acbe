/**
 * Turns the reply of an upstream into the response of an exchange, and keeps to what was declared: never a byte more than Content-Length, never an end before
 * it. How fast the upstream may send is its flow's affair.
 */

import { forbidsBody } from '../protocol/http/bodiless-status.ts';
import type { Exchange, FilePart } from '../protocol/http/exchange.ts';
import type { ResponseFields } from '../protocol/http/response-fields.ts';
import type { Reply, ReplyHead } from './reply.ts';
import type { ResponseFlow } from './response-flow.ts';

/** Whose response it is. */
export interface RelayOwner {
  /** How the body reaches the client. Asked once, by the first response that needs it. */
  newFlow(): ResponseFlow;
  /** Nothing more is to be done for the client. Told before the client is told. */
  onOver(): void;
  /** The upstream is done, while the flow still feeds the client. */
  onUpstreamDone(): void;
  /** The upstream has ended the response before its declared length. */
  onShort(): void;
}

const BAD_GATEWAY = 502;

export class ResponseRelay implements Reply {
  readonly #exchange: Exchange;
  readonly #owner: RelayOwner;
  /** Answered or dropped: nothing more is to be done for the client. */
  isOver = false;
  /** The head of the response has been passed on. */
  hasBegun = false;
  /** Bytes that the declared length still allows; Infinity without one. */
  #left = Infinity;
  #dropsBody = false;
  #isUpstreamDone = false;
  #flow: ResponseFlow | undefined;

  constructor(exchange: Exchange, owner: RelayOwner) {
    this.#exchange = exchange;
    this.#owner = owner;
  }

  /** The declared length has come: what fails from now on takes nothing from the client. */
  get isWhole(): boolean {
    return !this.isOver && this.hasBegun && this.#left === 0;
  }

  /** The upstream has finished; the flow still feeds the client. */
  get isUpstreamDone(): boolean {
    return this.#isUpstreamDone;
  }

  onWhole(head: ReplyHead, buffer: Buffer, start: number, end: number): void {
    if (this.isOver) {
      return;
    }
    const size = end - start;
    if (head.length !== -1 && head.length !== size) {
      this.onHead(head, buffer, start, end);
      this.onEnd();
      return;
    }
    this.#finish();
    // Without a body and without a length, nothing is known of what GET would have brought.
    const isUnsaid = size === 0 && head.length === -1;
    this.#exchange.responder.respond(head, isUnsaid ? undefined : { kind: 'borrowed', length: size, buffer, start });
  }

  onHead(head: ReplyHead, buffer: Buffer, start: number, end: number): void {
    if (this.isOver || this.hasBegun) {
      return;
    }
    this.hasBegun = true;
    this.#dropsBody = this.#exchange.method === 'HEAD' || forbidsBody(head.status);
    this.#left = head.length === -1 || this.#dropsBody ? Infinity : head.length;
    this.#exchange.responder.begin(head, head.length === -1 ? undefined : head.length);
    this.onData(buffer, start, end, false);
  }

  onData(buffer: Buffer, start: number, end: number, isContinued: boolean): void {
    if (this.isOver || this.#dropsBody || start === end || this.#left === 0) {
      return;
    }
    const length = Math.min(end - start, this.#left);
    this.#left -= length;
    this.#flow ??= this.#owner.newFlow();
    this.#flow.write({ kind: 'borrowed', buffer, start, length }, isContinued);
  }

  onFile(part: FilePart, sent: () => void): void {
    if (this.isOver || this.#dropsBody || !this.hasBegun || part.length === 0) {
      sent();
      return;
    }
    const length = Math.min(part.length, this.#left);
    this.#left -= length;
    this.#exchange.responder.writeFile({ ...part, length }, sent);
  }

  onHints(fields: ResponseFields, bytes: number): void {
    if (!this.isOver && !this.hasBegun) {
      this.#flow ??= this.#owner.newFlow();
      this.#flow.charge(bytes, this.#exchange.responder.hint(fields));
    }
  }

  onTrailers(fields: ResponseFields): void {
    if (!this.isOver && this.hasBegun) {
      this.#exchange.responder.trail(fields);
    }
  }

  onEnd(): void {
    if (this.isOver) {
      return;
    }
    if (!this.hasBegun || (this.#left !== Infinity && this.#left > 0)) {
      this.#owner.onShort();
      this.onFault(BAD_GATEWAY);
      return;
    }
    this.#end();
  }

  #end(): void {
    if (this.#flow === undefined || this.#flow.end()) {
      this.#finish();
      this.#exchange.responder.end();
    } else {
      this.#isUpstreamDone = true;
      this.#flow.letGo();
      this.#owner.onUpstreamDone();
    }
  }

  onFault(status: number, detail?: string, fields?: ResponseFields): void {
    if (this.isWhole && !this.#isUpstreamDone) {
      this.#end();
    } else if (!this.isOver) {
      this.fail(status, detail, fields);
    }
  }

  /** The upstream will send no more of a response that has begun: the client gets what has come, and sees that it is not all. */
  onCut(): void {
    if (this.isOver || this.#isUpstreamDone) {
      return;
    }
    if (this.#left === 0) {
      this.#end();
    } else if (this.#flow?.endShort?.() === false) {
      this.#isUpstreamDone = true;
      this.#flow.letGo();
      this.#owner.onUpstreamDone();
    } else {
      this.fail(BAD_GATEWAY);
    }
  }

  /** The response fails, however much of it has come. */
  fail(status: number, detail?: string, fields?: ResponseFields): void {
    this.close();
    if (this.hasBegun) {
      this.#exchange.responder.cut();
    } else {
      this.#exchange.responder.refuse(status, detail, fields);
    }
  }

  /** The connection of the client ends without a word. */
  cut(): void {
    this.close();
    this.#exchange.responder.cut();
  }

  /** The client is gone, or somebody else answers it. */
  close(): void {
    this.#finish();
    this.#flow?.close();
  }

  onDrain(): void {
    this.#flow?.onDrain();
  }

  #finish(): void {
    this.isOver = true;
    this.#flow?.letGo();
    this.#owner.onOver();
  }
}
