/** One question to one server: whether it is well. In the protocol of its upstream, or by nothing but a connection. */

import type { HealthCheck, HealthMatch } from '../../../config/model/upstream.ts';
import { renderHostPort } from '../../../kernel/addresses/render-host.ts';
import { Attempt } from '../../attempt.ts';
import type { AttemptEvents, AttemptFailure } from '../../attempt-events.ts';
import { ConnectionPool } from '../../connections/connection-pool.ts';
import type { ConnectionWay } from '../../connections/dial.ts';
import { PLAIN_WAY } from '../../connections/dial.ts';
import type { ConnectionParts } from '../../connections/upstream-connection.ts';
import type { Peer } from '../../peer-choice.ts';
import { NO_BODY } from '../../request-body.ts';
import type { UpstreamHead, UpstreamRequest, Wire } from '../../wire.ts';
import type { AskedConnection, Probe, ProbeDone } from './connection-probe.ts';
import { ConnectionProbe } from './connection-probe.ts';
import type { HealthJudge } from './health-match.ts';

/** So much of a body is looked at, as the commercial nginx does. */
const BODY_BYTES_MAX = 262_144;

/** What all servers of an upstream are asked. */
export type Asked = ProbeRequest | AskedConnection;

export interface ProbeRequest {
  readonly kind: 'request';
  readonly wire: Wire;
  /** Without a body, on a connection of its own. */
  readonly request: UpstreamRequest;
  readonly way: ConnectionWay;
  /** What the answer has to be. */
  readonly match: HealthMatch;
}

export interface Probing {
  readonly check: HealthCheck;
  readonly judge: HealthJudge;
  readonly asked: Asked;
  readonly connections: ConnectionParts;
}

/** Connecting is enough. */
export const PLAIN_CONNECTION: AskedConnection = {
  ...{ kind: 'connection', way: PLAIN_WAY, header: undefined, says: undefined, judge: undefined, bytesMax: 0 },
};

export function startProbe(peer: Peer, probing: Probing, done: ProbeDone): Probe {
  const { asked, check } = probing;
  const target = probedPeer(peer, check.port);
  if (asked.kind === 'connection') {
    return new ConnectionProbe(target, asked, check.timeoutMs, done);
  }
  const head = asked.wire.renderHead(asked.request);
  if (typeof head === 'string') {
    done(head);
    return { cancel: () => undefined };
  }
  return new AskingProbe(target, probing, { ...asked, head }, done);
}

function probedPeer(peer: Peer, port: number): Peer {
  return port === 0 || 'path' in peer.address
    ? peer
    : { ...peer, name: renderHostPort(peer.address.host, port), address: { host: peer.address.host, port } };
}

class AskingProbe implements Probe, AttemptEvents {
  readonly #judge: HealthJudge;
  readonly #done: ProbeDone;
  readonly #attempt: Attempt;
  /** A server that trickles is not well. */
  readonly #timer: NodeJS.Timeout;
  #head: UpstreamHead | undefined;
  /** Only a regex looks at it. */
  readonly #keepsBody: boolean;
  #body = '';
  #bodyBytes = 0;
  #isOver = false;

  constructor(
    peer: Peer,
    { check: { timeoutMs }, judge, connections }: Probing,
    asked: ProbeRequest & { readonly head: Buffer },
    done: ProbeDone,
  ) {
    this.#judge = judge;
    this.#done = done;
    this.#keepsBody = asked.match.body !== undefined;
    const asking = { ...asked, body: NO_BODY, connectMs: timeoutMs, sendMs: timeoutMs, readMs: timeoutMs };
    const pool = new ConnectionPool(undefined, connections.clock);
    this.#attempt = new Attempt(peer, asking, { ...connections, pool }, this);
    this.#timer = setTimeout(() => this.#end('the answer did not come in time'), timeoutMs);
    this.#attempt.start();
  }

  cancel(): void {
    if (!this.#isOver) {
      this.#isOver = true;
      clearTimeout(this.#timer);
      this.#attempt.abort();
    }
  }

  #end(fault: string | undefined): void {
    if (!this.#isOver) {
      this.cancel();
      this.#done(fault);
    }
  }

  #judgeAnswer(): void {
    const head = this.#head;
    this.#end(head === undefined ? 'there was no answer' : this.#judge({ ...head, body: this.#body }));
  }

  onHead(head: UpstreamHead): void {
    this.#head = head;
  }

  onData(buffer: Buffer, start: number, end: number): void {
    if (this.#keepsBody) {
      this.#body += buffer.latin1Slice(start, Math.min(end, start + BODY_BYTES_MAX - this.#bodyBytes));
    }
    this.#bodyBytes += end - start;
    if (this.#bodyBytes >= BODY_BYTES_MAX) {
      this.#judgeAnswer();
    }
  }

  onEnd(): void {
    this.#judgeAnswer();
  }

  onFailure({ text }: AttemptFailure): void {
    this.#end(text);
  }

  onTunnel(): void {
    this.#end('it has changed the protocol');
  }

  onBodyLost(): void {
    this.#end('the request could not be sent');
  }

  onInterim(): void {
    // The answer is still to come.
  }

  onTrailers(): void {
    // Nobody asks for them.
  }

  onNote(): void {
    // What the wire has to tell beside is no sign of health.
  }

  onPause(): void {
    // The answer is judged when it is whole.
  }
}
