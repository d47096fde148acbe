/**
 * A session that is passed on: a server is chosen and connected to, another one where that fails, and then bytes go both ways until one side has ended and the other
 * has got all of it; with `halfCloses` until both have.
 */

import type { StreamPolicy } from '../../config/model/stream.ts';
import { systemWords } from '../../kernel/system-words.ts';
import type { Peer, PeerChoice, PeerGroup, PeerOutcome } from '../../upstream/peer-choice.ts';
import type { Session, SessionContent } from './compiled-stream.ts';
import { SESSION_STATUS } from './compiled-stream.ts';
import { Flow } from './flow.ts';
import { IdleWatch } from './idle-watch.ts';
import { UpstreamConnection } from './upstream-connection.ts';
import type { UpstreamState } from './upstream-state.ts';

/** Beyond it setTimeout would fire at once. */
const TIMER_MAX_MS = 0x7fffffff;

/** What connections that are passed on by one rule have in common. */
export interface Passing {
  readonly policy: StreamPolicy;
  /** For the reads of servers. */
  readonly buffer: Buffer;
  readonly sendsAtOnce: boolean;
}

interface Attempt {
  readonly peer: Peer;
  readonly state: UpstreamState;
  readonly startedMs: number;
  readonly connection: UpstreamConnection;
}

export class ProxyContent implements SessionContent {
  readonly #session: Session;
  readonly #passing: Passing;
  readonly #choice: PeerChoice;
  readonly #startedMs: number;
  readonly #up: Flow;
  #down: Flow | undefined;
  #attempt: Attempt | undefined;
  #attemptCount = 0;
  #idle: IdleWatch | undefined;
  #isOver = false;

  constructor(session: Session, passing: Passing, group: PeerGroup) {
    this.#session = session;
    this.#passing = passing;
    this.#choice = group.choose({ clientAddress: session.client.address, variable: () => undefined, text: () => '' });
    this.#startedMs = session.services.clock.monotonicMs();
    this.#up = new Flow(session.socket, this.#eventsOf('client'));
  }

  get about(): string {
    const upstream = this.#attempt === undefined ? '' : `, upstream: "${this.#attempt.peer.name}"`;
    return `${upstream}${this.#counts}`;
  }

  start(): void {
    this.#connect();
  }

  take(buffer: Buffer, length: number): Buffer | undefined {
    this.#idle?.note();
    this.#up.take(buffer, length);
    return undefined;
  }

  onClientEnd(): void {
    this.#up.end();
    this.#step('client');
  }

  close(): void {
    this.#isOver = true;
    this.#idle?.stop();
    this.#release(this.#down === undefined ? 'unused' : 'succeeded');
  }

  get #counts(): string {
    const up = this.#up;
    const [received, sent] = [this.#down?.receivedBytes ?? 0, this.#down?.sentBytes ?? 0];
    return `, bytes from/to client:${up.receivedBytes}/${sent}, bytes from/to upstream:${received}/${up.sentBytes}`;
  }

  // Which server.

  #connect(): void {
    const session = this.#session;
    const { policy, buffer, sendsAtOnce } = this.#passing;
    session.action = 'connecting to upstream';
    const peer = this.#choice.next();
    if (peer === undefined || peer === 'full') {
      session.log('error', 'no live upstreams');
      session.end(SESSION_STATUS.badGateway);
      return;
    }
    this.#attemptCount += 1;
    const state: UpstreamState = {
      name: peer.name,
      connectMs: undefined,
      firstByteMs: undefined,
      sessionMs: undefined,
      sentBytes: 0,
      receivedBytes: 0,
    };
    session.upstreams.push(state);
    const options = {
      timeoutMs: Math.min(policy.connectMs, TIMER_MAX_MS),
      localAddress: '',
      localPort: 0,
      probes: policy.probes,
      sendsAtOnce,
      buffer,
    };
    const connection = new UpstreamConnection(peer, options, {
      onConnected: () => this.#onConnected(),
      onRefused: (error) => this.#onRefused(error),
      onBytes: (bytes, length) => this.#takeFromServer(bytes, length),
      onEnd: (error) => this.#onServerEnd(error),
      onBug: (error) => session.onBug(error),
    });
    this.#attempt = { peer, state, startedMs: session.services.clock.monotonicMs(), connection };
  }

  #onRefused(error: NodeJS.ErrnoException | undefined): void {
    const session = this.#session;
    session.log(
      'error',
      error === undefined ? 'upstream timed out (110: Connection timed out)' : this.#refusalOf(error),
    );
    this.#release('failed');
    const { isOn, triesMax, timeoutMs } = this.#passing.policy.retry;
    const spentMs = session.services.clock.monotonicMs() - this.#startedMs;
    const isLast =
      !isOn ||
      this.#choice.triesLeft === 0 ||
      (triesMax !== 0 && this.#attemptCount >= triesMax) ||
      (timeoutMs !== 0 && spentMs >= timeoutMs);
    if (isLast) {
      session.end(SESSION_STATUS.badGateway);
    } else {
      this.#connect();
    }
  }

  /** The system refuses a Unix socket at once, which nginx has other words for. */
  #refusalOf(error: NodeJS.ErrnoException): string {
    const peer = this.#attempt?.peer;
    const where = peer !== undefined && 'path' in peer.address ? ` to ${peer.name}` : '';
    return `connect()${where} failed (${systemWords(error)})`;
  }

  #release(outcome: PeerOutcome): void {
    const attempt = this.#attempt;
    if (attempt === undefined) {
      return;
    }
    this.#attempt = undefined;
    attempt.connection.close();
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

  #onConnected(): void {
    const attempt = this.#attempt;
    if (attempt === undefined) {
      return;
    }
    const session = this.#session;
    const { clock } = session.services;
    const { socket } = attempt.connection;
    attempt.state.connectMs = clock.monotonicMs() - attempt.startedMs;
    session.log('info', `proxy ${localEnd(socket)} connected to ${attempt.peer.name}`, true);
    session.action = 'proxying connection';
    const { idleMs } = this.#passing.policy;
    this.#idle = new IdleWatch(clock, Math.min(idleMs, TIMER_MAX_MS), () => this.#onIdle());
    this.#down = new Flow(socket, this.#eventsOf('upstream'));
    this.#down.begin(session.socket);
    this.#up.begin(socket);
    this.#step('client');
  }

  #takeFromServer(buffer: Buffer, length: number): undefined {
    const state = this.#attempt?.state;
    if (state !== undefined) {
      state.firstByteMs ??= this.#session.services.clock.monotonicMs() - (this.#attempt?.startedMs ?? 0);
    }
    this.#idle?.note();
    this.#down?.take(buffer, length);
  }

  #onServerEnd(error: NodeJS.ErrnoException | undefined): void {
    if (this.#isOver) {
      return;
    }
    if (error !== undefined) {
      this.#session.action = 'proxying and reading from upstream';
      this.#session.log('error', `recv() failed (${systemWords(error)})`);
    }
    this.#down?.end();
    this.#step('upstream');
  }

  #onIdle(): void {
    this.#session.log('info', 'connection timed out (110: Connection timed out)');
    this.#session.end(SESSION_STATUS.ok);
  }

  #eventsOf(from: 'client' | 'upstream') {
    return {
      onStep: () => {
        this.#idle?.note();
        this.#step(from);
      },
      onBroken: () => this.#session.end(SESSION_STATUS.ok),
    };
  }

  /** `from`: whose end, or whose bytes, are the reason to ask whether the session is over. */
  #step(from: 'client' | 'upstream'): void {
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

function localEnd({
  localAddress = '',
  localPort,
}: {
  readonly localAddress?: string;
  readonly localPort?: number;
}): string {
  return localPort === undefined
    ? 'unix:'
    : `${localAddress.includes(':') ? `[${localAddress}]` : localAddress}:${localPort}`;
}
