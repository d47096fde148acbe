/**
 * A session that is passed on: a server is chosen and connected to, another one where that fails, and then bytes go both ways until one side has ended and the other
 * has got all of it; with `halfCloses` until both have.
 */

import type { Socket } from 'node:net';
import { systemWords } from '../../kernel/system-words.ts';
import { GuardedSocket, guardSocket } from '../../relay/sockets/guarded-socket.ts';
import { writeBeforeTls } from '../../relay/sockets/node-internals.ts';
import type { ConnectionWay } from '../../upstream/connections/dial.ts';
import { dial } from '../../upstream/connections/dial.ts';
import { LazyTimer } from '../../upstream/connections/lazy-timer.ts';
import { tlsFailure } from '../../upstream/connections/tls-fault.ts';
import type { Peer, PeerOutcome } from '../../upstream/peer-choice.ts';
import type { Session, SessionContent, SessionEnd } from './compiled-stream.ts';
import { SESSION_STATUS } from './compiled-stream.ts';
import { endName } from './end-name.ts';
import { endTls } from './end-tls.ts';
import { Flow } from './flow.ts';
import { FlowRate } from './flow-rate.ts';
import { proxyHeaderFor } from './proxy-header-for.ts';
import type { Asking } from './server-attempts.ts';
import { ServerAttempts } from './server-attempts.ts';

/** How one session is passed on: what its variables have come to. */
export interface Passing extends Asking {
  readonly way: ConnectionWay;
  /** For the reads of servers; no longer than what may be read at once. */
  readonly buffer: Buffer;
  readonly sendsAtOnce: boolean;
  /** Bytes a second; 0 for any. */
  readonly uploadRate: number;
  readonly downloadRate: number;
}

type Side = 'client' | 'upstream';

export class ProxyContent implements SessionContent {
  readonly #session: Session;
  readonly #passing: Passing;
  readonly #attempts: ServerAttempts;
  readonly #up: Flow;
  #down: Flow | undefined;
  /** To the server of the present attempt. */
  #server: Socket | undefined;
  /** Of the connecting, and then of the silence. */
  readonly #timer: LazyTimer;
  #isOver = false;
  /** A side has gone without having ended what it had to say. */
  #isCut = false;

  constructor(session: Session, passing: Passing) {
    const { clock, buffer } = session.services;
    const { policy, uploadRate } = passing;
    this.#session = session;
    this.#passing = passing;
    this.#attempts = new ServerAttempts(session, passing, (peer) => this.#connectTo(peer));
    this.#timer = new LazyTimer(clock, () => this.#onLate());
    const source = {
      socket: session.socket,
      buffer: session.readsIntoBuffer ? buffer.subarray(0, policy.bufferBytes) : undefined,
      rate: uploadRate === 0 ? undefined : new FlowRate(uploadRate, clock),
    };
    this.#up = new Flow(source, this.#eventsOf('client'));
  }

  get about(): string {
    return `, upstream: "${this.#attempts.name}"${this.#counts}`;
  }

  get receivedBytes(): number {
    return this.#up.receivedBytes;
  }

  get sentBytes(): number {
    return this.#down?.sentBytes ?? 0;
  }

  start(): void {
    this.#attempts.begin();
  }

  take(buffer: Buffer, length: number): void {
    this.#note();
    this.#up.take(buffer, length);
  }

  onClientEnd(isCut: boolean): void {
    this.#isCut ||= isCut;
    this.#up.end();
    this.#step('client');
  }

  close(how: SessionEnd): void {
    this.#isOver = true;
    this.#timer.close();
    this.#attempts.leave();
    this.#release(this.#down === undefined ? 'unused' : 'succeeded', how);
    this.#up.close();
    this.#down?.close();
  }

  get #counts(): string {
    const up = this.#up;
    const [received, sent] = [this.#down?.receivedBytes ?? 0, this.#down?.sentBytes ?? 0];
    return `, bytes from/to client:${up.receivedBytes}/${sent}, bytes from/to upstream:${received}/${up.sentBytes}`;
  }

  // Which server.

  #connectTo(peer: Peer): void {
    const session = this.#session;
    const { policy, way, buffer } = this.#passing;
    const socket = dial(peer, way, {
      buffer,
      callback: (length) => {
        try {
          this.#takeFromServer(length);
        } catch (error) {
          socket.destroy();
          session.onBug(error);
        }
        return true;
      },
    });
    if (socket instanceof GuardedSocket) {
      socket.owner = session;
    } else {
      guardSocket(socket, session);
    }
    this.#server = socket;
    socket.on(way.secure === undefined ? 'connect' : 'secureConnect', () => this.#onConnected(socket));
    if (way.secure !== undefined) {
      // In front of the listener by which Node begins the handshake.
      socket.prependListener('connect', () => this.#onShaking(socket));
    }
    socket.on('end', () => this.#onServerEnd(socket, undefined));
    socket.on('error', (error) => this.#onServerEnd(socket, error));
    this.#timer.set(policy.connectMs);
  }

  #onShaking(socket: Socket): void {
    if (!this.#isPresent(socket)) {
      return;
    }
    const header = proxyHeaderFor(this.#session, this.#passing.policy);
    try {
      if (header !== undefined) {
        writeBeforeTls(socket, header);
      }
    } catch (error) {
      socket.destroy(error as Error);
      return;
    }
    this.#session.action = 'SSL handshaking to upstream';
    this.#timer.set(this.#passing.policy.connectMs);
  }

  /** What comes of a connection that was given up is nobody's. */
  #isPresent(socket: Socket): boolean {
    return !this.#isOver && this.#server === socket;
  }

  #tryNext(): void {
    this.#release('failed');
    this.#attempts.tryNext();
  }

  #release(outcome: PeerOutcome, how: SessionEnd = 'cut'): void {
    const server = this.#server;
    this.#server = undefined;
    if (server !== undefined && how === 'whole' && this.#passing.way.secure !== undefined) {
      endTls(server);
    } else {
      server?.destroy();
    }
    const isConnected = this.#down !== undefined;
    this.#attempts.release(outcome, {
      sentBytes: isConnected ? this.#up.sentBytes : 0,
      receivedBytes: this.#down?.receivedBytes ?? 0,
    });
  }

  // Both ways.

  #onConnected(socket: Socket): void {
    const { attempt } = this.#attempts;
    // A server that is not trusted is connected to, and given up.
    if (attempt === undefined || socket.destroyed || !this.#isPresent(socket)) {
      return;
    }
    const session = this.#session;
    const { clock } = session.services;
    const { policy, sendsAtOnce, buffer, downloadRate } = this.#passing;
    this.#attempts.onConnected(attempt);
    const own = endName(socket.localAddress ?? '', socket.localPort ?? 0);
    session.log('info', `proxy ${own} connected to ${attempt.peer.name}`, true);
    session.action = 'proxying connection';
    if (!sendsAtOnce) {
      socket.setNoDelay(false);
    }
    this.#timer.set(policy.idleMs);
    const rate = downloadRate === 0 ? undefined : new FlowRate(downloadRate, clock);
    this.#down = new Flow({ socket, buffer, rate }, this.#eventsOf('upstream'));
    this.#down.begin(session.socket);
    const header = proxyHeaderFor(session, policy);
    // It has been sent before the handshake, where there was one.
    const isSent = this.#passing.way.secure !== undefined && header !== undefined;
    this.#up.sentBytes += isSent ? header.length : 0;
    this.#up.begin(socket, isSent ? undefined : header);
    this.#step('client');
  }

  #takeFromServer(length: number): void {
    const { attempt } = this.#attempts;
    if (attempt === undefined) {
      return;
    }
    this.#attempts.onBytes(attempt);
    this.#note();
    this.#down?.take(this.#passing.buffer, length);
  }

  #onServerEnd(socket: Socket, error: NodeJS.ErrnoException | undefined): void {
    if (!this.#isPresent(socket)) {
      return;
    }
    const session = this.#session;
    if (this.#down === undefined) {
      const fault = error && tlsFailure(error, 'SSL_do_handshake()');
      session.log('error', fault ?? this.#refusalOf(error));
      this.#tryNext();
      return;
    }
    if (error !== undefined) {
      session.action = 'proxying and reading from upstream';
      session.log('error', `recv() failed (${systemWords(error)})`);
      this.#isCut = true;
    }
    this.#down.end();
    this.#step('upstream');
  }

  /** The system refuses a Unix socket at once, which nginx has other words for. */
  #refusalOf(error: NodeJS.ErrnoException | undefined): string {
    const peer = this.#attempts.attempt?.peer;
    const where = peer !== undefined && 'path' in peer.address ? ` to ${peer.name}` : '';
    return `connect()${where} failed${error === undefined ? '' : ` (${systemWords(error)})`}`;
  }

  #onLate(): void {
    const session = this.#session;
    if (this.#down === undefined) {
      session.log('error', 'upstream timed out (110: Connection timed out)');
      this.#tryNext();
    } else if (this.#up.isDelayed || this.#down.isDelayed) {
      this.#timer.set(this.#passing.policy.idleMs);
    } else {
      session.log('info', 'connection timed out (110: Connection timed out)');
      session.end(SESSION_STATUS.ok);
    }
  }

  /** Bytes have come, or were taken: the silence begins anew. */
  #note(): void {
    if (this.#down !== undefined) {
      this.#timer.set(this.#passing.policy.idleMs);
    }
  }

  #eventsOf(from: Side) {
    return {
      onStep: () => {
        this.#note();
        this.#step(from);
      },
      onBroken: (error: NodeJS.ErrnoException | undefined) => this.#onBroken(from, error),
    };
  }

  /** `from`: whose bytes the other side does not take. */
  #onBroken(from: Side, error: NodeJS.ErrnoException | undefined): void {
    const session = this.#session;
    if (this.#isOver) {
      return;
    }
    session.action = `proxying and sending to ${from === 'client' ? 'upstream' : 'client'}`;
    const why = error === undefined ? '32: Broken pipe' : systemWords(error);
    session.log(from === 'client' ? 'error' : 'info', `send() failed (${why})`);
    session.end(SESSION_STATUS.ok);
  }

  /** `from`: whose end, or whose bytes, are the reason to ask whether the session is over. */
  #step(from: Side): void {
    const [up, down] = [this.#up, this.#down];
    if (down === undefined || this.#isOver) {
      return;
    }
    const { halfCloses } = this.#passing.policy;
    const isOver = halfCloses
      ? up.hasEnded && down.hasEnded && up.isEmpty && down.isEmpty
      : (up.hasEnded || down.hasEnded) && (up.hasEnded || down.isEmpty) && (down.hasEnded || up.isEmpty);
    if (isOver) {
      this.#session.log('info', `${from} disconnected${this.#counts}`, true);
      this.#session.end(SESSION_STATUS.ok, this.#isCut ? 'cut' : 'whole');
    } else if (halfCloses) {
      for (const flow of [up, down]) {
        if (flow.hasEnded && flow.isEmpty) {
          flow.shutDown();
        }
      }
    }
  }
}
