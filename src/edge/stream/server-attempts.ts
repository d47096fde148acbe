/** The servers that a session asks, one after another until one takes it, and what is told of each: the same for connections and for datagrams. */

import type { StreamPolicy } from '../../config/model/stream.ts';
import type { Peer, PeerChoice, PeerGroup, PeerOutcome, PeerRequest, PeerWait } from '../../upstream/peer-choice.ts';
import type { Session } from './compiled-stream.ts';
import { SESSION_STATUS } from './compiled-stream.ts';
import type { UpstreamState } from './upstream-state.ts';

/** Who may be asked. */
export interface Asking {
  readonly policy: StreamPolicy;
  readonly group: PeerGroup;
  readonly request: PeerRequest;
}

export interface Attempt {
  readonly peer: Peer;
  readonly state: UpstreamState;
  readonly startedMs: number;
}

type Bytes = Pick<UpstreamState, 'sentBytes' | 'receivedBytes'>;

export class ServerAttempts {
  /** The present one. */
  attempt: Attempt | undefined;
  readonly #session: Session;
  readonly #asking: Asking;
  readonly #open: (peer: Peer) => void;
  readonly #choice: PeerChoice;
  /** When the first server was asked: the time that a name takes to be found is not the servers'. */
  #askedMs = 0;
  #count = 0;
  #wait: PeerWait | undefined;

  /** `open`: a server is to be asked. Where there is none, the session ends. */
  constructor(session: Session, asking: Asking, open: (peer: Peer) => void) {
    this.#session = session;
    this.#asking = asking;
    this.#open = open;
    this.#choice = asking.group.choose(asking.request);
  }

  /** Of the server, or of all of them where none is asked. */
  get name(): string {
    return this.attempt?.peer.name ?? this.#asking.group.name;
  }

  begin(): void {
    this.#session.action = 'connecting to upstream';
    const peer = this.#choice.next();
    if (peer !== 'full') {
      this.#ask(peer);
      return;
    }
    this.#wait = this.#asking.group.queue?.wait(this.#choice, (found) => this.#onTurn(found));
    if (this.#wait === undefined) {
      this.#ask(undefined);
    }
  }

  /** Called by a timer, a name server or another session, none of which may end by an error of this one. */
  #onTurn(found: Peer | undefined): void {
    this.#wait = undefined;
    try {
      this.#ask(found);
    } catch (error) {
      this.#session.onBug(error);
    }
  }

  /** The server of the last attempt has failed, and was released. */
  tryNext(): void {
    const { isOn, triesMax, timeoutMs } = this.#asking.policy.retry;
    const spentMs = this.#nowMs() - this.#askedMs;
    const isLast =
      !isOn ||
      this.#choice.triesLeft === 0 ||
      (triesMax !== 0 && this.#count >= triesMax) ||
      (timeoutMs !== 0 && spentMs >= timeoutMs);
    if (isLast) {
      this.#session.end(SESSION_STATUS.badGateway);
    } else {
      this.begin();
    }
  }

  onConnected({ state, startedMs }: Attempt): void {
    state.connectMs = this.#nowMs() - startedMs;
    this.#choice.onConnected();
  }

  /** Something has come of the server: the first time is told. */
  onBytes({ state, startedMs }: Attempt): void {
    if (state.firstByteMs === undefined) {
      state.firstByteMs = this.#nowMs() - startedMs;
      this.#choice.onHead(state.firstByteMs);
    }
  }

  /** The present attempt is over. */
  release(outcome: PeerOutcome, bytes: Bytes): void {
    const { attempt } = this;
    if (attempt === undefined) {
      return;
    }
    this.attempt = undefined;
    const { state, startedMs } = attempt;
    Object.assign(state, { sessionMs: this.#nowMs() - startedMs, ...bytes });
    const { connectMs, firstByteMs: headMs, sessionMs: wholeMs } = state;
    if (this.#choice.release(outcome, 0, { connectMs, headMs, wholeMs, ...bytes })) {
      this.#session.log('warn', 'upstream server temporarily disabled');
    }
  }

  /** Nobody is waited for any more. */
  leave(): void {
    this.#wait?.leave();
  }

  #ask(peer: Peer | undefined): void {
    const session = this.#session;
    const state = newState(peer?.name ?? this.#asking.group.name);
    session.upstreams.push(state);
    if (peer === undefined) {
      session.log('error', this.#choice.absence ?? 'no live upstreams');
      session.end(SESSION_STATUS.badGateway);
      return;
    }
    this.#count += 1;
    const startedMs = this.#nowMs();
    this.#askedMs = this.#count === 1 ? startedMs : this.#askedMs;
    this.attempt = { peer, state, startedMs };
    this.#open(peer);
  }

  #nowMs(): number {
    return this.#session.services.clock.monotonicMs();
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
