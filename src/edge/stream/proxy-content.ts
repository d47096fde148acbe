/**
 * A session that is passed on: a server is chosen and connected to, another one where that fails, and then bytes go both ways until one side has ended and the other
 * has got all of it; with `halfCloses` until both have.
 */

import type { Socket } from 'node:net';
import type { StreamPolicy } from '../../config/model/stream.ts';
import { systemWords } from '../../kernel/system-words.ts';
import { renderProxyHeader } from '../../protocol/proxy-protocol/render-header.ts';
import { GuardedSocket, guardSocket } from '../../relay/sockets/guarded-socket.ts';
import { writeBeforeTls } from '../../relay/sockets/node-internals.ts';
import type { ConnectionWay } from '../../upstream/connections/dial.ts';
import { dial } from '../../upstream/connections/dial.ts';
import { LazyTimer } from '../../upstream/connections/lazy-timer.ts';
import { tlsFailure } from '../../upstream/connections/tls-fault.ts';
import type { Peer, PeerChoice, PeerGroup, PeerOutcome, PeerRequest, PeerWait } from '../../upstream/peer-choice.ts';
import type { Session, SessionContent } from './compiled-stream.ts';
import { SESSION_STATUS } from './compiled-stream.ts';
import { endName } from './end-name.ts';
import { Flow } from './flow.ts';
import { FlowRate } from './flow-rate.ts';
import type { UpstreamState } from './upstream-state.ts';

/** How one session is passed on: what its variables have come to. */
export interface Passing {
  readonly policy: StreamPolicy;
  readonly group: PeerGroup;
  readonly request: PeerRequest;
  readonly way: ConnectionWay;
  /** For the reads of servers; no longer than what may be read at once. */
  readonly buffer: Buffer;
  readonly sendsAtOnce: boolean;
  /** Bytes a second; 0 for any. */
  readonly uploadRate: number;
  readonly downloadRate: number;
}

interface Attempt {
  readonly peer: Peer;
  readonly state: UpstreamState;
  readonly startedMs: number;
  readonly socket: Socket;
}

type Side = 'client' | 'upstream';

export class ProxyContent implements SessionContent {
  readonly #session: Session;
  readonly #passing: Passing;
  readonly #choice: PeerChoice;
  /** When the first server was asked: the time that a name takes to be found is not the servers'. */
  #askedMs = 0;
  readonly #up: Flow;
  #down: Flow | undefined;
  #attempt: Attempt | undefined;
  #wait: PeerWait | undefined;
  #attemptCount = 0;
  /** Of the connecting, and then of the silence. */
  readonly #timer: LazyTimer;
  #isOver = false;

  constructor(session: Session, passing: Passing) {
    const { clock, buffer } = session.services;
    const { policy, uploadRate } = passing;
    this.#session = session;
    this.#passing = passing;
    this.#choice = passing.group.choose(passing.request);
    this.#timer = new LazyTimer(clock, () => this.#onLate());
    const source = {
      socket: session.socket,
      buffer: session.readsIntoBuffer ? buffer.subarray(0, policy.bufferBytes) : undefined,
      rate: uploadRate === 0 ? undefined : new FlowRate(uploadRate, clock),
    };
    this.#up = new Flow(source, this.#eventsOf('client'));
  }

  get about(): string {
    const name = this.#attempt?.peer.name ?? this.#passing.group.name;
    return `, upstream: "${name}"${this.#counts}`;
  }

  get receivedBytes(): number {
    return this.#up.receivedBytes;
  }

  get sentBytes(): number {
    return this.#down?.sentBytes ?? 0;
  }

  start(): void {
    this.#connect();
  }

  take(buffer: Buffer, length: number): void {
    this.#note();
    this.#up.take(buffer, length);
  }

  onClientEnd(): void {
    this.#up.end();
    this.#step('client');
  }

  close(): void {
    this.#isOver = true;
    this.#timer.close();
    this.#wait?.leave();
    this.#release(this.#down === undefined ? 'unused' : 'succeeded');
    this.#up.close();
    this.#down?.close();
  }

  get #counts(): string {
    const up = this.#up;
    const [received, sent] = [this.#down?.receivedBytes ?? 0, this.#down?.sentBytes ?? 0];
    return `, bytes from/to client:${up.receivedBytes}/${sent}, bytes from/to upstream:${received}/${up.sentBytes}`;
  }

  // Which server.

  #connect(): void {
    this.#session.action = 'connecting to upstream';
    const peer = this.#choice.next();
    if (peer !== 'full') {
      this.#connectTo(peer);
      return;
    }
    this.#wait = this.#passing.group.queue?.wait(this.#choice, (found) => {
      this.#wait = undefined;
      this.#connectTo(found);
    });
    if (this.#wait === undefined) {
      this.#connectTo(undefined);
    }
  }

  #connectTo(peer: Peer | undefined): void {
    const session = this.#session;
    const { policy, way, buffer, group } = this.#passing;
    const state = newState(peer?.name ?? group.name);
    session.upstreams.push(state);
    if (peer === undefined) {
      session.log('error', this.#choice.absence ?? 'no live upstreams');
      session.end(SESSION_STATUS.badGateway);
      return;
    }
    this.#attemptCount += 1;
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
    const startedMs = session.services.clock.monotonicMs();
    this.#askedMs = this.#attemptCount === 1 ? startedMs : this.#askedMs;
    this.#attempt = { peer, state, startedMs, socket };
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
    const header = this.#proxyHeader();
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
    return !this.#isOver && this.#attempt?.socket === socket;
  }

  #tryNext(): void {
    this.#release('failed');
    const { isOn, triesMax, timeoutMs } = this.#passing.policy.retry;
    const spentMs = this.#session.services.clock.monotonicMs() - this.#askedMs;
    const isLast =
      !isOn ||
      this.#choice.triesLeft === 0 ||
      (triesMax !== 0 && this.#attemptCount >= triesMax) ||
      (timeoutMs !== 0 && spentMs >= timeoutMs);
    if (isLast) {
      this.#session.end(SESSION_STATUS.badGateway);
    } else {
      this.#connect();
    }
  }

  #release(outcome: PeerOutcome): void {
    const attempt = this.#attempt;
    if (attempt === undefined) {
      return;
    }
    this.#attempt = undefined;
    attempt.socket.destroy();
    const { state, startedMs } = attempt;
    state.sessionMs = this.#session.services.clock.monotonicMs() - startedMs;
    state.sentBytes = this.#down === undefined ? 0 : this.#up.sentBytes;
    state.receivedBytes = this.#down?.receivedBytes ?? 0;
    const { connectMs, firstByteMs, sessionMs, sentBytes, receivedBytes } = state;
    const times = { connectMs, headMs: firstByteMs, wholeMs: sessionMs, sentBytes, receivedBytes };
    if (this.#choice.release(outcome, 0, times)) {
      this.#session.log('warn', 'upstream server temporarily disabled');
    }
  }

  // Both ways.

  #onConnected(socket: Socket): void {
    const attempt = this.#attempt;
    // A server that is not trusted is connected to, and given up.
    if (attempt === undefined || socket.destroyed || !this.#isPresent(socket)) {
      return;
    }
    const session = this.#session;
    const { clock } = session.services;
    const { policy, sendsAtOnce, buffer, downloadRate } = this.#passing;
    attempt.state.connectMs = clock.monotonicMs() - attempt.startedMs;
    this.#choice.onConnected();
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
    const header = this.#proxyHeader();
    // It has been sent before the handshake, where there was one.
    const isSent = this.#passing.way.secure !== undefined && header !== undefined;
    this.#up.sentBytes += isSent ? header.length : 0;
    this.#up.begin(socket, isSent ? undefined : header);
    this.#step('client');
  }

  #proxyHeader(): Buffer | undefined {
    const { client, localAddress, services } = this.#session;
    const { sendsProxyProtocol } = this.#passing.policy;
    if (sendsProxyProtocol === 'no') {
      return undefined;
    }
    const text = renderProxyHeader(sendsProxyProtocol === 'v1' ? 1 : 2, {
      source: { address: client.address, port: client.port },
      destination: { address: localAddress, port: services.port },
    });
    return Buffer.from(text, 'latin1');
  }

  #takeFromServer(length: number): void {
    const attempt = this.#attempt;
    if (attempt === undefined) {
      return;
    }
    if (attempt.state.firstByteMs === undefined) {
      const ms = this.#session.services.clock.monotonicMs() - attempt.startedMs;
      attempt.state.firstByteMs = ms;
      this.#choice.onHead(ms);
    }
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
    }
    this.#down.end();
    this.#step('upstream');
  }

  /** The system refuses a Unix socket at once, which nginx has other words for. */
  #refusalOf(error: NodeJS.ErrnoException | undefined): string {
    const peer = this.#attempt?.peer;
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
      this.#session.end(SESSION_STATUS.ok);
    } else if (halfCloses) {
      for (const flow of [up, down]) {
        if (flow.hasEnded && flow.isEmpty) {
          flow.shutDown();
        }
      }
    }
  }
}

function newState(name: string): UpstreamState {
  return {
    name,
    connectMs: undefined,
    firstByteMs: undefined,
    sessionMs: undefined,
    sentBytes: 0,
    receivedBytes: 0,
  };
}
