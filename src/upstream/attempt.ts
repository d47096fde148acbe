/**
 * One request, asked of one server: its head and body are sent, and what comes back is read by the wire. How it fails is told with the cause by which the retry
 * policy goes, and in nginx's words; whether another server is asked is not decided here.
 */

import type { ErrorLevel } from '../kernel/error-line.ts';
import type { Field } from '../protocol/http/fields.ts';
import type { Asking } from './asking.ts';
import type { AttemptEvents, AttemptFigures, FailureCause } from './attempt-events.ts';
import type { ConnectionPool } from './connections/connection-pool.ts';
import type { ConnectionParts, ConnectionUser } from './connections/upstream-connection.ts';
import { UpstreamConnection } from './connections/upstream-connection.ts';
import type { Peer } from './peer-choice.ts';
import type { LostBody } from './request-body.ts';
import { NO_BODY } from './request-body.ts';
import type { SendingOwner } from './sent-body.ts';
import { SentBody } from './sent-body.ts';
import type { SystemFailure } from './system-failure.ts';
import {
  bindFailure,
  connectFailure,
  handshakeFailure,
  ioFailure,
  isOfOwnAddress,
  TIMED_OUT,
} from './system-failure.ts';
import type { ResponseReader, ResponseSink, UpstreamHead, WireFault } from './wire.ts';

export interface AttemptParts extends ConnectionParts {
  readonly pool: ConnectionPool;
}

export interface AttemptStart {
  /** A connection that was kept has just been found to be closed, so that a new one is opened. */
  readonly isFresh: boolean;
  /** Where the caller knows it. */
  readonly nowMs: number | undefined;
}

const USUAL: AttemptStart = { isFresh: false, nowMs: undefined };

type Phase = 'connecting' | 'sending' | 'waiting' | 'reading' | 'over';

const DOING = {
  connecting: 'connecting to upstream',
  sending: 'sending request to upstream',
  waiting: 'reading response header from upstream',
  reading: 'reading upstream',
  over: 'reading upstream',
} satisfies Record<Phase, string>;

const HANDSHAKING = 'SSL handshaking to upstream';

const CAUSES: Readonly<Record<WireFault, FailureCause>> = {
  header: 'invalid_header',
  body: 'error',
  closed: 'error',
};

export class Attempt implements ConnectionUser, ResponseSink, SendingOwner {
  readonly figures: AttemptFigures;
  /** What was going on when it failed, in nginx's words. A whole head with a status that counts as a failure has been read by then. */
  failedWhile: string = DOING.waiting;
  readonly #asking: Asking;
  readonly #parts: AttemptParts;
  readonly #events: AttemptEvents;
  readonly #connection: UpstreamConnection;
  /** The connection has carried requests before. */
  readonly #isKept: boolean;
  readonly startedMs: number;
  /** When the bytes came that are being read; 0 between reads. */
  #readMs = 0;
  readonly #writtenBefore: number;
  /** Undefined: there is none, or none of it has been sent. */
  #body: SentBody | undefined;
  #reader: ResponseReader | undefined;
  #phase: Phase = 'connecting';
  /** The request is being sent on a kept connection, in the turn in which it has begun. */
  #isAtOnce = false;
  #hasEnded = false;
  #isDismissed = false;

  constructor(peer: Peer, asking: Asking, parts: AttemptParts, events: AttemptEvents, start: AttemptStart = USUAL) {
    this.#asking = asking;
    this.#parts = parts;
    this.#events = events;
    this.startedMs = start.nowMs ?? parts.clock.monotonicMs();
    const kept = start.isFresh ? undefined : parts.pool.take(peer, asking.way);
    const connection = kept ?? new UpstreamConnection(peer, asking.way, parts);
    this.#connection = connection;
    this.#isKept = kept !== undefined;
    this.#writtenBefore = connection.writtenBytes;
    connection.user = this;
    connection.requests += 1;
    this.figures = {
      peer: peer.name,
      status: 0,
      connectMs: undefined,
      headMs: undefined,
      wholeMs: undefined,
      endedMs: undefined,
      bodyBytes: 0,
      receivedBytes: 0,
      sentBytes: 0,
    };
  }

  /** Begins. What comes of it may be told before this returns. */
  start(): void {
    if (this.#isKept) {
      this.#isAtOnce = true;
      this.onConnected();
      this.#isAtOnce = false;
    } else {
      this.#connection.wait(this.#asking.connectMs);
    }
  }

  /** The request, or a part of it, has left: the server may have begun to act on it. */
  get isSent(): boolean {
    return this.figures.connectMs !== undefined;
  }

  #isBodySent(): boolean {
    return this.#body === undefined ? this.#phase !== 'connecting' : this.#body.isSent;
  }

  #isOver(): boolean {
    return this.#phase === 'over';
  }

  /** In nginx's words. */
  get doing(): string {
    return this.#phase === 'connecting' && this.#connection.isHandshaking ? HANDSHAKING : DOING[this.#phase];
  }

  // Sending.

  onConnected(): void {
    const { wire, request, head, body, sendMs } = this.#asking;
    this.figures.connectMs = this.#isKept ? 0 : this.#elapsedMs();
    this.#phase = 'sending';
    this.#reader = wire.newReader(request, this);
    const connection = this.#connection;
    let hasLeft: boolean;
    if (body === NO_BODY) {
      hasLeft = connection.writeLasting(head);
    } else {
      // A head that announces nothing needs no end of it.
      const framing = body.length === 0 ? undefined : wire.framingOf(request);
      this.#body = new SentBody(body, framing, connection, this);
      connection.join();
      connection.write(head);
      this.#body.start();
      if (this.#isOver()) {
        return;
      }
      hasLeft = connection.flush();
    }
    if (hasLeft) {
      this.#noteSent();
    } else {
      connection.wait(sendMs);
    }
  }

  onBodySent(hasLeft: boolean): void {
    if (hasLeft) {
      this.#noteSent();
    } else {
      this.#connection.wait(this.#asking.sendMs);
    }
  }

  onBodyHeld(): void {
    this.#connection.wait(this.#asking.sendMs);
  }

  onBodyLost(why: LostBody): void {
    const { doing } = this;
    this.abort();
    this.#events.onBodyLost(why, doing);
  }

  onTaken(): void {
    if (!this.#isBodySent()) {
      this.#connection.waitNoMore();
      this.#body?.resume();
    }
    this.#noteSent();
  }

  /** When all has left, the server has its time to answer. */
  #noteSent(): void {
    if (this.#isOver() || !this.#isBodySent() || this.#connection.hasWaiting) {
      return;
    }
    if (this.#phase === 'sending') {
      this.#phase = 'waiting';
    }
    // What a kept connection takes at once has left when it was begun.
    this.#connection.wait(this.#asking.readMs, this.#isAtOnce ? this.startedMs : undefined);
  }

  // What comes.

  onRead(bytes: Buffer): void {
    this.figures.receivedBytes += bytes.length;
    this.#readMs = this.#parts.clock.monotonicMs();
    this.#reader?.feed(bytes);
    this.#goOn();
    this.#readMs = 0;
  }

  #goOn(): void {
    if (this.#isOver()) {
      this.#endDismissed();
      return;
    }
    if (this.#hasEnded) {
      this.#finishWhole();
      return;
    }
    // Bytes of a head give a server no more time for it: one that trickles would hold its client for hours.
    if (this.#isBodySent() && this.#phase === 'reading') {
      this.#connection.wait(this.#asking.readMs);
    }
    this.#events.onPause();
  }

  onServerEnd(): void {
    if (this.#reader === undefined) {
      this.#failBy('error', PREMATURE);
      return;
    }
    this.#reader.end();
    if (this.#isOver()) {
      this.#endDismissed();
    } else if (this.#hasEnded) {
      this.#finishWhole();
    }
  }

  /** The connection is given back before the end is told: who hears of that may want one. */
  #finishWhole(): void {
    this.#close();
    this.#leaveConnection();
    this.#events.onEnd();
  }

  #leaveConnection(): void {
    const connection = this.#connection;
    const isReusable =
      this.#hasEnded &&
      this.#reader?.isReusable === true &&
      this.#asking.request.keepsConnection &&
      this.#isBodySent() &&
      !connection.hasWaiting;
    if (isReusable) {
      this.#parts.pool.keep(connection, this.#readMs || undefined);
    } else {
      connection.destroy();
    }
  }

  /** All that has come at once was read: if that was all of the response, the connection may carry another. */
  #endDismissed(): void {
    if (this.#isDismissed) {
      this.#isDismissed = false;
      this.#leaveConnection();
    }
  }

  onInterim(head: UpstreamHead): void {
    if (!this.#isOver()) {
      this.#events.onInterim(head);
    }
  }

  onHead(head: UpstreamHead): void {
    if (!this.#isOver()) {
      this.#phase = 'reading';
      this.figures.status = head.status;
      this.figures.headMs = this.#elapsedMs();
      this.#events.onHead(head);
    }
  }

  onData(buffer: Buffer, start: number, end: number): void {
    if (!this.#isOver()) {
      this.figures.bodyBytes += end - start;
      this.#events.onData(buffer, start, end);
    }
  }

  onTrailers(fields: readonly Field[]): void {
    if (!this.#isOver()) {
      this.#events.onTrailers(fields);
    }
  }

  onNote(level: ErrorLevel, text: string): void {
    if (!this.#isOver()) {
      this.#events.onNote(level, `${text} while ${this.doing}`);
    }
  }

  onEnd(): void {
    this.#hasEnded = true;
  }

  onTunnel(head: UpstreamHead, rest: Buffer): void {
    if (this.#isOver()) {
      return;
    }
    if (!this.#isBodySent() || this.#connection.hasWaiting) {
      // RFC 9110 7.8: the request comes first. Bytes of its body would be taken for the new protocol.
      this.#failBy('invalid_header', EARLY_TUNNEL);
      return;
    }
    this.figures.status = head.status;
    this.figures.headMs = this.#elapsedMs();
    const connection = this.#connection;
    this.#close();
    this.#events.onTunnel(head, connection, rest);
  }

  // How it fails.

  onFault(fault: WireFault, text: string): void {
    this.#failBy(CAUSES[fault], { text, level: 'error' });
  }

  onLost(error: NodeJS.ErrnoException): void {
    const { peer, isConnected, isHandshaking } = this.#connection;
    if (isOfOwnAddress(error)) {
      this.#failBy('local', bindFailure(error));
      return;
    }
    const failure = isHandshaking ? handshakeFailure(error) : connectFailure(error, peer.name);
    this.#failBy('error', isConnected ? ioFailure(error) : failure);
  }

  onTimeout(): void {
    // A server that takes nothing of the request has the words of one that is being sent it.
    this.#failBy('timeout', TIMED_OUT);
  }

  onBug(error: unknown): void {
    this.abort();
    if (this.#events.onBug === undefined) {
      this.#parts.onBug(error);
    } else {
      this.#events.onBug(error);
    }
  }

  #failBy(cause: FailureCause, { text, level }: SystemFailure): void {
    if (this.#isOver()) {
      return;
    }
    const { doing } = this;
    this.failedWhile = doing;
    const isStale = this.#isKept && cause === 'error' && this.figures.receivedBytes === 0;
    this.abort();
    this.#events.onFailure({ cause, text: `${text} while ${doing}`, level, isStale });
  }

  /** For whoever has been told of the head: the rest of the response is not wanted, and nothing more is heard of it. Its connection is kept if it has just come whole. */
  dismiss(): void {
    if (!this.#isOver()) {
      this.#close();
      this.#isDismissed = true;
    }
  }

  /** Nothing more is heard of it. */
  abort(): void {
    if (!this.#isOver()) {
      this.#close();
      this.#connection.destroy();
    }
  }

  /** The response is known to be whole, before its end is told. */
  settle(): void {
    const { figures } = this;
    figures.endedMs = this.#nowMs();
    figures.wholeMs = figures.endedMs - this.startedMs;
    figures.sentBytes = this.#connection.writtenBytes - this.#writtenBefore;
  }

  #close(): void {
    this.#phase = 'over';
    this.#body?.stop();
    this.settle();
    this.#connection.waitNoMore();
  }

  #elapsedMs(): number {
    return this.#nowMs() - this.startedMs;
  }

  #nowMs(): number {
    return this.#readMs || this.#parts.clock.monotonicMs();
  }

  // How fast the response is read.

  pause(): void {
    if (!this.#isOver()) {
      this.#connection.pause();
      // The server waits for our client, and must not be taken for one that is silent.
      this.#connection.waitNoMore();
    }
  }

  resume(): void {
    if (!this.#isOver()) {
      this.#connection.resume();
      if (this.#isBodySent()) {
        this.#connection.wait(this.#asking.readMs);
      }
    }
  }
}

const EARLY_TUNNEL: SystemFailure = {
  text: 'upstream sent a change of the protocol before it had all of the request',
  level: 'error',
};
const PREMATURE: SystemFailure = { text: 'upstream prematurely closed connection', level: 'error' };
