/**
 * What becomes of the answer to a request that was handed on. Its head waits for what has come with it, so that a short response leaves in one write; its body goes
 * through a file where the client is slow, or as fast as the client takes it.
 */

import type { Exchange } from '../../../protocol/http/exchange.ts';
import type { Field } from '../../../protocol/http/fields.ts';
import type { ResponseFields } from '../../../protocol/http/response-fields.ts';
import { fieldsOfLines } from '../../../protocol/http/response-fields.ts';
import type { ReplyHead } from '../../../relay/reply.ts';
import type { ResponseFlow } from '../../../relay/response-flow.ts';
import type { RelayOwner } from '../../../relay/response-relay.ts';
import { ResponseRelay } from '../../../relay/response-relay.ts';
import type { SpoolSource } from '../../../relay/spool-flow.ts';
import { SpoolFlow } from '../../../relay/spool-flow.ts';
import type { Attempt } from '../../../upstream/attempt.ts';
import type { UpstreamHead } from '../../../upstream/wire.ts';
import { followAccelRedirect } from '../../pipeline/accel-redirect.ts';
import type { Route } from '../../pipeline/route.ts';
import type { ProxiedAnswer } from './compile-answer.ts';
import { HeldFlow } from './held-flow.ts';
import type { ProxyProgram } from './proxy-program.ts';
import { ReadPace } from './read-pace.ts';

const NOTHING = Buffer.alloc(0);
/** Of a response in memory, on its way to its file: as many slow clients as there are connections may have one each. */
const PENDING_BYTES_MAX = 131_072;
const EARLY_HINTS = 103;

export class AnswerRelay implements RelayOwner, SpoolSource {
  readonly #exchange: Exchange;
  readonly #route: Route;
  readonly #program: ProxyProgram;
  readonly #relay: ResponseRelay;
  /** The server that answers, once it has. */
  #attempt: Attempt | undefined;
  /** A head that has come, and waits for what has come with it. */
  #held: ReplyHead | undefined;
  #isBuffered: boolean;
  #pace: ReadPace | undefined;

  constructor(exchange: Exchange, route: Route, program: ProxyProgram) {
    this.#exchange = exchange;
    this.#route = route;
    this.#program = program;
    this.#relay = new ResponseRelay(exchange, this);
    this.#isBuffered = program.policy.response.isBuffered;
  }

  /** The client has its answer, or gets none. */
  get isOver(): boolean {
    return this.#relay.isOver;
  }

  /** The client has something of the answer, or is about to: no other server can be asked. */
  get hasBegun(): boolean {
    return this.#held !== undefined || this.#relay.hasBegun;
  }

  // The answer of a server.

  hint({ status, fields }: UpstreamHead, attempt: Attempt): void {
    this.#attempt = attempt;
    if (status === EARLY_HINTS) {
      const { hides } = this.#program.policy.response;
      const passed = fields.filter(({ lower }) => !hides.includes(lower));
      this.#relay.onHints(fieldsOfLines(passed), 0);
    }
  }

  /** `cookie`: what keeps the client at its server. */
  pass(answer: ProxiedAnswer & { readonly kind: 'pass' }, attempt: Attempt, cookie: string | undefined): void {
    const { head } = answer;
    this.#attempt = attempt;
    this.#isBuffered = answer.isBuffered;
    this.#pace = answer.isBuffered ? this.#newPace(attempt) : undefined;
    this.#held = cookie === undefined ? head : { ...head, fields: head.fields.with('Set-Cookie', cookie) };
  }

  #newPace(attempt: Attempt): ReadPace | undefined {
    const rate = this.#program.rateOf(this.#route);
    return rate === 0 ? undefined : new ReadPace(attempt, rate, this.#program.clock);
  }

  onData(buffer: Buffer, start: number, end: number): void {
    this.#pace?.count(end - start);
    const head = this.#held;
    if (head === undefined) {
      this.#relay.onData(buffer, start, end, false);
      return;
    }
    this.#held = undefined;
    if (head.length === end - start) {
      // The client's log may be written before the server's end is told.
      this.#attempt?.settle();
      this.#relay.onWhole(head, buffer, start, end);
    } else {
      this.#relay.onHead(head, buffer, start, end);
    }
  }

  /** Nothing more has come with the head. */
  passHead(): void {
    const head = this.#held;
    if (head !== undefined) {
      this.#held = undefined;
      this.#relay.onHead(head, NOTHING, 0, 0);
    }
  }

  onTrailers(fields: readonly Field[]): void {
    this.passHead();
    if (this.#program.policy.response.passesTrailers) {
      this.#relay.onTrailers(fieldsOfLines(fields));
    }
  }

  onEnd(): void {
    const head = this.#held;
    if (head !== undefined && head.length === 0 && this.#exchange.method !== 'HEAD') {
      this.#held = undefined;
      this.#relay.onWhole(head, NOTHING, 0, 0);
    } else {
      this.passHead();
      this.#relay.onEnd();
    }
  }

  /** The server has failed in the middle of its answer: the client gets what has come, and sees that it is not all. */
  onCut(): void {
    this.passHead();
    this.#relay.onCut();
  }

  // What the client gets in its place.

  /** Another location answers, or a page of the scope. */
  replace(answer: Exclude<ProxiedAnswer, { readonly kind: 'pass' }>): void {
    this.#relay.close();
    if (answer.kind === 'relocate') {
      followAccelRedirect(this.#exchange, answer.to, answer.fields);
    } else {
      this.#exchange.responder.refuse(answer.status, undefined, answer.fields);
    }
  }

  fail(status: number, fields?: ResponseFields): void {
    if (!this.#relay.isOver) {
      this.#relay.fail(status, undefined, fields);
    }
  }

  /** The client is gone, or somebody else answers it. */
  close(): void {
    if (!this.#relay.isOver) {
      this.#relay.close();
    }
  }

  /** After an error of ours, wherever that was: what has begun is cut. */
  abandon(): void {
    this.close();
    const { responder } = this.#exchange;
    responder.refuse(500);
    responder.cut();
  }

  /** The connection of the client ends without a word. */
  cut(): void {
    this.#relay.cut();
  }

  onDrain(): void {
    this.#relay.onDrain();
  }

  // From the relay.

  newFlow(): ResponseFlow {
    const { policy, room } = this.#program;
    if (!this.#isBuffered || policy.response.fileBytesMax === 0) {
      return new HeldFlow(this.#exchange, this);
    }
    const onUnreadable = (error: Error): void => {
      this.#route.log('crit', `a spool file cannot be read: ${error.message}`);
      this.#relay.fail(502);
    };
    const bounds = { pendingBytesMax: PENDING_BYTES_MAX, fileBytesMax: policy.response.fileBytesMax };
    return new SpoolFlow(this.#exchange, room.space, this, onUnreadable, bounds);
  }

  pause(): void {
    (this.#pace ?? this.#attempt)?.pause();
  }

  resume(): void {
    (this.#pace ?? this.#attempt)?.resume();
  }

  onShort(): void {
    // The wire has told that the connection ended too early.
  }

  onUpstreamDone(): void {
    // The connection has been given back.
  }

  onOver(): void {
    // The body of the request is the route's: what follows an error page may send it again.
  }
}
