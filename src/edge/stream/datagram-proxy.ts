/**
 * A session of datagrams that is passed on: a server is chosen, which has a socket for this session alone, and datagrams go both ways until as many have come back as
 * are awaited, or nobody has said a word for too long. There is nothing to connect, so what tells that a server is not there comes late: as an answer of its machine that
 * nobody listens, or as silence. Then the session is over, and the server is tried no other time: the datagram may have reached it.
 */

import { ANY_ADDRESS, readOwnAddress } from '../../config/own-address.ts';
import { systemWords } from '../../kernel/system-words.ts';
import { DatagramLine } from '../../upstream/connections/datagram-line.ts';
import { LazyTimer } from '../../upstream/connections/lazy-timer.ts';
import type { Peer, PeerOutcome } from '../../upstream/peer-choice.ts';
import { EDGE_LIMITS } from '../limits.ts';
import type { DatagramClient, Session, SessionContent } from './compiled-stream.ts';
import { SESSION_STATUS } from './compiled-stream.ts';
import { endName } from './end-name.ts';
import { FlowRate } from './flow-rate.ts';
import { proxyHeaderFor } from './proxy-header-for.ts';
import type { Asking } from './server-attempts.ts';
import { ServerAttempts } from './server-attempts.ts';

/** How one session is passed on: what its variables have come to. */
export interface DatagramPassing extends Asking {
  /** The own address; '' for any. */
  readonly bind: string;
  /** Bytes a second; 0 for any. */
  readonly uploadRate: number;
  readonly downloadRate: number;
}

export class DatagramProxy implements SessionContent {
  receivedBytes = 0;
  sentBytes = 0;
  readonly #session: Session;
  readonly #client: DatagramClient;
  readonly #passing: DatagramPassing;
  readonly #attempts: ServerAttempts;
  /** Of the silence. */
  readonly #timer: LazyTimer;
  readonly #uploadRate: FlowRate | undefined;
  readonly #downloadRate: FlowRate | undefined;
  #line: DatagramLine | undefined;
  #isConnected = false;
  /** Datagrams of the client, and of the server. */
  #requests = 0;
  #responses = 0;
  /** From the server, and to it. */
  #answeredBytes = 0;
  #passedBytes = 0;
  /** Of the client, until a server can be sent anything. */
  #early: Buffer[] = [];
  /** On their way to the server, and to the client. */
  #upBytes = 0;
  #downBytes = 0;
  #sending = 0;
  /** On the monotonic clock: until then the client is not heard. */
  #deafUntilMs = 0;
  /** Of the server, until the client may have more. */
  #held: Buffer[] = [];
  #heldBytes = 0;
  #delay: NodeJS.Timeout | undefined;
  #isOver = false;

  constructor(session: Session, client: DatagramClient, passing: DatagramPassing) {
    const { clock } = session.services;
    this.#session = session;
    this.#client = client;
    this.#passing = passing;
    this.#attempts = new ServerAttempts(session, passing, (peer) => this.#open(peer));
    this.#timer = new LazyTimer(clock, () => this.#onLate());
    const rateOf = (rate: number) => (rate === 0 ? undefined : new FlowRate(rate, clock));
    this.#uploadRate = rateOf(passing.uploadRate);
    this.#downloadRate = rateOf(passing.downloadRate);
  }

  get about(): string {
    return `, upstream: "${this.#attempts.name}"${this.#byteCounts}`;
  }

  get #byteCounts(): string {
    const { receivedBytes, sentBytes } = this;
    return `, bytes from/to client:${receivedBytes}/${sentBytes}, bytes from/to upstream:${this.#answeredBytes}/${this.#passedBytes}`;
  }

  get #counts(): string {
    return `, packets from/to client:${this.#requests}/${this.#responses}${this.#byteCounts}`;
  }

  start(): void {
    // The time that a name takes to be found is that of the silence, too.
    this.#timer.set(this.#passing.policy.idleMs);
    this.#attempts.begin();
  }

  onClientEnd(): void {
    // Who sends datagrams does not say that there will be no more.
  }

  close(): void {
    this.#isOver = true;
    this.#timer.close();
    clearTimeout(this.#delay);
    this.#attempts.leave();
    this.#release('succeeded');
    this.#early = [];
    this.#held = [];
  }

  // From the client to the server.

  take(datagram: Buffer): void {
    const { policy } = this.#passing;
    if (this.#isOver || !this.#mayHear(datagram.length)) {
      return;
    }
    this.#requests += 1;
    this.receivedBytes += datagram.length;
    if (policy.requestsMax > 0 && this.#requests >= policy.requestsMax) {
      this.#client.leave();
    }
    this.#note();
    if (this.#upBytes + datagram.length > EDGE_LIMITS.datagramsHeldBytes) {
      return;
    }
    this.#upBytes += datagram.length;
    if (this.#line === undefined || !this.#isConnected) {
      this.#early.push(datagram);
    } else {
      this.#send(this.#line, datagram);
    }
  }

  /** What comes too early is lost, as in nginx: to keep it would be to keep what anybody sends. The first is what the session is about. */
  #mayHear(bytes: number): boolean {
    const rate = this.#uploadRate;
    if (rate === undefined || this.#requests === 0) {
      return true;
    }
    const nowMs = this.#session.services.clock.monotonicMs();
    if (nowMs < this.#deafUntilMs || rate.allowed(this.receivedBytes) <= 0) {
      return false;
    }
    this.#deafUntilMs = nowMs + rate.delayMs(bytes);
    return true;
  }

  /** `held`: how much of it is the client's. */
  #send(line: DatagramLine, datagram: Buffer, held = datagram.length): void {
    this.#sending += 1;
    line.send(datagram, () => {
      this.#upBytes -= held;
      this.#passedBytes += datagram.length;
      this.#onSent();
    });
  }

  #open(peer: Peer): void {
    const session = this.#session;
    const { address } = peer;
    if ('path' in address) {
      session.log('error', 'datagrams cannot be sent to a Unix socket');
      this.#giveUp();
      return;
    }
    const line = new DatagramLine(
      address,
      {
        onConnected: () => this.#guard(() => this.#onConnected(line)),
        onMessage: (datagram) => this.#guard(() => this.#takeAnswer(datagram)),
        onLost: (error) => this.#guard(() => this.#onLost(line, error)),
      },
      readOwnAddress(this.#passing.bind) ?? ANY_ADDRESS,
    );
    this.#line = line;
  }

  #onConnected(line: DatagramLine): void {
    const { attempt } = this.#attempts;
    if (attempt === undefined || this.#line !== line) {
      return;
    }
    this.#isConnected = true;
    this.#attempts.onConnected(attempt);
    const { address, port } = line.own;
    this.#session.log('info', `udp proxy ${endName(address, port)} connected to ${attempt.peer.name}`, true);
    this.#session.action = 'proxying connection';
    const header = proxyHeaderFor(this.#session, this.#passing.policy);
    for (const [index, datagram] of this.#early.splice(0).entries()) {
      // The header and the first are one datagram: alone it would be taken for a request.
      this.#send(
        line,
        index === 0 && header !== undefined ? Buffer.concat([header, datagram]) : datagram,
        datagram.length,
      );
    }
  }

  #onLost(line: DatagramLine, error: NodeJS.ErrnoException): void {
    if (this.#isOver || this.#line !== line) {
      return;
    }
    const session = this.#session;
    const isRead = error.syscall === 'recvmsg';
    if (this.#isConnected && isRead) {
      session.action = 'proxying and reading from upstream';
    } else if (this.#isConnected) {
      session.action = 'proxying and sending to upstream';
    }
    session.log('error', `${isRead ? 'recv' : (error.syscall ?? 'connect')}() failed (${systemWords(error)})`);
    if (this.#isConnected) {
      // No datagram of that length can be sent: that is the client's doing, which must not take the server from others.
      this.#release(error.code === 'EMSGSIZE' ? 'succeeded' : 'failed');
      session.end(SESSION_STATUS.badGateway);
    } else {
      this.#giveUp();
    }
  }

  /** Nothing has been sent to this server. */
  #giveUp(): void {
    this.#release('failed');
    this.#attempts.tryNext();
  }

  // From the server to the client.

  #takeAnswer(datagram: Buffer): void {
    const { attempt } = this.#attempts;
    if (this.#isOver || attempt === undefined) {
      return;
    }
    this.#attempts.onBytes(attempt);
    if (this.#delay === undefined) {
      this.#answer(datagram);
    } else if (this.#heldBytes + datagram.length <= EDGE_LIMITS.datagramsHeldBytes) {
      this.#heldBytes += datagram.length;
      this.#held.push(datagram);
    }
  }

  #answer(datagram: Buffer): void {
    const { length } = datagram;
    this.#responses += 1;
    this.#answeredBytes += length;
    this.#note();
    if (this.#downBytes + length <= EDGE_LIMITS.datagramsHeldBytes) {
      this.#sending += 1;
      this.#downBytes += length;
      this.#client.send(datagram, (error) => this.#guard(() => this.#onAnswered(length, error)));
    }
    const delayMs = this.#downloadRate?.delayMs(length) ?? 0;
    if (delayMs > 0) {
      this.#delay = setTimeout(() => this.#guard(() => this.#answerHeld()), delayMs);
      this.#delay.unref();
    }
  }

  #onAnswered(length: number, error: Error | null): void {
    this.#downBytes -= length;
    if (error === null) {
      this.sentBytes += length;
      this.#onSent();
    } else if (!this.#isOver) {
      this.#session.action = 'proxying and sending to client';
      this.#session.log('info', `send() failed (${systemWords(error)})`);
      this.#session.end(SESSION_STATUS.ok);
    }
  }

  #answerHeld(): void {
    this.#delay = undefined;
    while (this.#delay === undefined) {
      const datagram = this.#held.shift();
      if (datagram === undefined) {
        break;
      }
      this.#heldBytes -= datagram.length;
      this.#answer(datagram);
    }
    this.#note();
  }

  // Whether it is over.

  #onSent(): void {
    this.#sending -= 1;
    const { requestsMax, responsesEach } = this.#passing.policy;
    const isComplete = requestsMax === 0 || this.#requests >= requestsMax;
    const isAnswered = responsesEach !== undefined && this.#responses >= responsesEach * this.#requests;
    if (isComplete && isAnswered && this.#sending === 0 && !this.#isOver) {
      this.#session.log('info', `udp done${this.#counts}`, true);
      this.#session.end(SESSION_STATUS.ok);
    }
  }

  #onLate(): void {
    const session = this.#session;
    const { idleMs, responsesEach } = this.#passing.policy;
    if (this.#delay !== undefined) {
      this.#timer.set(idleMs);
    } else if (responsesEach === undefined || this.#responses >= responsesEach * this.#requests) {
      session.log('info', `udp timed out${this.#counts}`, true);
      session.end(SESSION_STATUS.ok);
    } else {
      session.log('error', 'upstream timed out (110: Connection timed out)');
      this.#release('failed');
      session.end(SESSION_STATUS.badGateway);
    }
  }

  #note(): void {
    this.#timer.set(this.#passing.policy.idleMs);
  }

  #release(outcome: PeerOutcome): void {
    this.#line?.close();
    this.#line = undefined;
    this.#attempts.release(this.#isConnected || outcome === 'failed' ? outcome : 'unused', {
      sentBytes: this.#passedBytes,
      receivedBytes: this.#answeredBytes,
    });
  }

  #guard(act: () => void): void {
    try {
      act();
    } catch (error) {
      this.#session.onBug(error);
    }
  }
}
