/**
 * One request that is handed on to a server behind this one: its body is taken in, and servers are asked until one answers or the policy says that it is enough. As
 * long as nothing of a response has reached the client, another server may be asked.
 */

import type { RequestBodies } from '../../../config/model/bodies.ts';
import type { ErrorLevel } from '../../../kernel/error-line.ts';
import type { Exchange, ResponseTimes, ResponseWatcher } from '../../../protocol/http/exchange.ts';
import type { Field } from '../../../protocol/http/fields.ts';
import type { CollectedBody, CollectorEvents } from '../../../relay/body/body-collector.ts';
import { BodyCollector, releaseBody } from '../../../relay/body/body-collector.ts';
import { RETRY_AFTER } from '../../../relay/overload.ts';
import type { Asking } from '../../../upstream/asking.ts';
import type { AttemptStart } from '../../../upstream/attempt.ts';
import { Attempt } from '../../../upstream/attempt.ts';
import type { AttemptEvents, AttemptFailure } from '../../../upstream/attempt-events.ts';
import type { UpstreamConnection } from '../../../upstream/connections/upstream-connection.ts';
import type { Peer, PeerChoice, PeerOutcome, PeerWait } from '../../../upstream/peer-choice.ts';
import type { LostBody, RequestBody } from '../../../upstream/request-body.ts';
import { bodyOf, bodyOfText, NO_BODY, StreamedBody } from '../../../upstream/request-body.ts';
import type { UpstreamHead } from '../../../upstream/wire.ts';
import { AskedServers } from '../../pipeline/asked-servers.ts';
import type { Route } from '../../pipeline/route.ts';
import { AnswerRelay } from './answer-relay.ts';
import { newReadBody, placeOf, shownSource } from './new-read-body.ts';
import type { ProxyProgram } from './proxy-program.ts';
import { mayAskAgain, statusOfFailure } from './retry.ts';
import { retryCauseOf } from './retry-cause.ts';
import type { AskedTarget } from './targets.ts';
import { UpgradedPeer } from './upgraded-peer.ts';

const CONNECTING = 'connecting to upstream';
/** While its body was read. */
const LEFT_EARLY = 'client prematurely closed connection';
const CLIENT_LEFT = 'epoll_wait() reported that client prematurely closed connection';

export class ProxiedRequest implements ResponseWatcher, AttemptEvents, CollectorEvents {
  readonly #exchange: Exchange;
  readonly #route: Route;
  readonly #program: ProxyProgram;
  readonly #answer: AnswerRelay;
  readonly #asked: AskedServers;
  #target: AskedTarget | undefined;
  #body: RequestBody = NO_BODY;
  #asking: Asking | number | undefined;
  #choice: PeerChoice | undefined;
  #waiting: PeerWait | undefined;
  #peer: Peer | undefined;
  /** Servers that were asked here: not by a location before this one, nor the same one again because it had closed a kept connection. */
  #tries = 0;
  /** When the first of them was: the time that a body takes to come, or a name to be found, is not the servers'. */
  #askedMs = 0;
  #attempt: Attempt | undefined;
  /** A server may be sent the body when its client has left, so until this is called the request is not over, which has the body. */
  #letGo: (() => void) | undefined;

  constructor(exchange: Exchange, route: Route, program: ProxyProgram) {
    this.#exchange = exchange;
    this.#route = route;
    this.#program = program;
    this.#answer = new AnswerRelay(exchange, route, program);
    route.askedServers ??= new AskedServers();
    this.#asked = route.askedServers;
  }

  start(): void {
    const target = this.#program.targetOf(this.#route);
    if (typeof target === 'string') {
      this.#route.log('error', target);
      this.#exchange.responder.refuse(target.startsWith('no resolver') ? 502 : 500);
      return;
    }
    this.#target = target;
    this.#asked.begin(target.scheme);
    this.#exchange.responder.watch(this);
    if (this.#exchange.hasBody && this.#program.policy.connection.ignoresClientAbort) {
      this.#letGo = this.#route.hold();
    }
    const { sendsBody, showsBody } = this.#program;
    const { files } = this.#route.scope.model.requestBodies;
    if (!this.#exchange.hasBody || !(sendsBody || showsBody || files !== undefined)) {
      this.#ask();
    } else if (this.#route.readBody !== undefined) {
      this.#body = sendsBody ? this.#route.readBody.replay() : NO_BODY;
      this.#ask();
    } else if (sendsBody && this.#program.streamsBody(this.#exchange)) {
      this.#body = new StreamedBody(showsBody ? shownSource(this.#exchange, this.#route) : this.#exchange);
      this.#ask();
    } else {
      this.#exchange.readBody(this.#newCollector(this.#route.scope.model.requestBodies));
    }
  }

  // The body of the request.

  #newCollector({ files, memoryBytesMax }: RequestBodies): BodyCollector {
    const { room } = this.#program;
    return files === undefined
      ? new BodyCollector(this.#exchange, room, Infinity, this, memoryBytesMax)
      : new BodyCollector(this.#exchange, { ...room, ...placeOf(files) }, Infinity, this, 0);
  }

  onBody(body: CollectedBody): void {
    if (this.#answer.isOver) {
      releaseBody(body);
      return;
    }
    const { sendsBody, showsBody } = this.#program;
    const { files, memoryBytesMax } = this.#route.scope.model.requestBodies;
    if (files?.areKept === true) {
      body.file?.keep();
    }
    this.#route.readBody = newReadBody(body, showsBody, memoryBytesMax);
    this.#route.whenOver(() => releaseBody(body));
    this.#body = sendsBody ? bodyOf(body) : NO_BODY;
    this.#ask();
  }

  onFailed(status: number | undefined, reason: string): void {
    if (status === undefined) {
      if (reason !== '') {
        this.#log('info', reason);
      }
      this.#answer.close(); // There is no client, or the transport answers it.
    } else if (!this.#answer.isOver) {
      this.#route.log('error', reason);
      this.#answer.fail(status, status === 503 ? RETRY_AFTER : undefined);
    }
    this.#settle();
  }

  // Asking.

  #ask(): void {
    const target = this.#target!;
    this.#choice ??= target.upstream.peers.choose(this.#program.peerRequest(this.#route));
    const nowMs = this.#program.clock.monotonicMs();
    const peer = this.#choice.next(nowMs);
    if (peer === 'full') {
      this.#queue(this.#choice);
    } else if (peer === undefined) {
      this.#failWithoutPeer();
    } else {
      this.#askPeer(peer, { isFresh: false, nowMs });
    }
  }

  #queue(choice: PeerChoice): void {
    this.#waiting = this.#target!.upstream.peers.queue?.wait(choice, (peer) => this.#onTurn(peer));
    if (this.#waiting === undefined) {
      this.#failWithoutPeer();
    }
  }

  /** The request has waited for a peer. Undefined: for longer than it may. */
  #onTurn(peer: Peer | undefined): void {
    this.#waiting = undefined;
    try {
      if (peer === undefined) {
        this.#failWithoutPeer();
      } else {
        this.#askPeer(peer);
      }
    } catch (error) {
      this.onBug(error);
    }
  }

  #failWithoutPeer(): void {
    const absence = this.#choice?.absence;
    if (absence === undefined) {
      this.#asked.note({ ...NOBODY, peer: this.#target!.upstream.peers.name });
    }
    this.#log('error', absence ?? 'no live upstreams while connecting to upstream');
    this.#fail(502);
  }

  #askPeer(peer: Peer, start: AttemptStart = { isFresh: false, nowMs: undefined }): void {
    this.#peer = peer;
    this.#asking ??= this.#newAsking();
    const asking = this.#asking;
    if (typeof asking === 'number') {
      this.#release('unused');
      this.#fail(asking);
      return;
    }
    const attempt = new Attempt(peer, asking, this.#target!.upstream.parts, this, start);
    this.#attempt = attempt;
    this.#asked.note(attempt.figures);
    if (this.#tries === 0) {
      this.#askedMs = attempt.startedMs;
    }
    this.#tries += start.isFresh ? 0 : 1;
    attempt.start();
  }

  /** Once for all servers. A number: the status with which the request is refused. */
  #newAsking(): Asking | number {
    const program = this.#program;
    const { wire, policy } = program;
    const target = this.#target!;
    const asked = program.requestOf(this.#route, target.place, this.#body.length);
    if (typeof asked === 'number') {
      return asked;
    }
    const way = program.wayOf(this.#route, target);
    this.#asked.target = asked.target;
    const { hasBody } = this.#exchange;
    if (!hasBody && asked.asking?.way === way) {
      return asked.asking;
    }
    if (asked.body !== undefined) {
      this.#body = bodyOfText(asked.body);
    }
    const { method, fields, keepsConnection } = asked;
    // A body that nobody reads would be taken for the new protocol.
    const upgrade = hasBody && !program.sendsBody ? undefined : asked.upgrade;
    const bodyLength = this.#body.length;
    const request = { method, target: asked.target, fields, bodyLength, keepsConnection, upgrade };
    const head = wire.renderHead(request);
    if (typeof head === 'string') {
      this.#log('error', head);
      return 500;
    }
    const { connectMs, sendMs, readMs } = policy.connection;
    const asking = { wire, request, head, body: this.#body, way, connectMs, sendMs, readMs };
    if (asked.isRepeated && asked.body === undefined && !hasBody) {
      asked.asking = { ...asking, head: inOwnMemory(head) };
    }
    return asking;
  }

  // What a server says.

  onInterim(head: UpstreamHead): void {
    this.#answer.hint(head, this.#attempt!);
  }

  onHead(head: UpstreamHead): void {
    const attempt = this.#attempt!;
    this.#asked.fields = head.fields;
    this.#choice?.onHead(attempt.figures.headMs ?? 0);
    if (this.#asksAgainFor(head.status)) {
      attempt.abort();
      this.#release(head.status === 403 || head.status === 404 ? 'succeeded' : 'failed');
      this.#ask();
      return;
    }
    const answer = this.#program.answerOf(head, this.#route);
    if (answer.kind === 'pass') {
      this.#answer.pass(answer, attempt, this.#choice?.setCookie);
      return;
    }
    attempt.dismiss();
    this.#release('succeeded');
    this.#answer.replace(answer);
    this.#settle();
  }

  #asksAgainFor(status: number): boolean {
    const cause = status < 400 ? undefined : retryCauseOf(status);
    return cause !== undefined && this.#mayAskAgain(cause) && (this.#choice?.triesLeft ?? 0) > 1;
  }

  #mayAskAgain(cause: string): boolean {
    const { policy, clock } = this.#program;
    return mayAskAgain(policy.retry, {
      cause,
      method: this.#route.method,
      isSent: this.#attempt?.isSent === true,
      isRepeatable: this.#body.isRepeatable,
      tries: this.#tries,
      passedMs: clock.monotonicMs() - this.#askedMs,
    });
  }

  onData(buffer: Buffer, start: number, end: number): void {
    this.#answer.onData(buffer, start, end);
  }

  onPause(): void {
    this.#answer.passHead();
  }

  onTrailers(fields: readonly Field[]): void {
    this.#asked.trailers = fields;
    this.#answer.onTrailers(fields);
  }

  onNote(level: ErrorLevel, text: string): void {
    this.#log(level, text);
  }

  onEnd(): void {
    this.#release('succeeded');
    this.#answer.onEnd();
    this.#settle();
  }

  onTunnel(head: UpstreamHead, connection: UpstreamConnection, rest: Buffer): void {
    const program = this.#program;
    this.#asked.fields = head.fields;
    const answer = program.answerOf(head, this.#route);
    const { responder } = this.#exchange;
    this.#answer.close();
    const peer = new UpgradedPeer(connection, rest, {
      ...program.policy.connection,
      figures: this.#attempt!.figures,
      log: (level, text) => this.#log(level, text),
      onOver: () => this.#release('succeeded'),
      onBug: (error) => this.#route.onFault(error),
    });
    const tunnel = answer.kind === 'pass' ? responder.switchProtocols(answer.head, peer) : undefined;
    if (tunnel === undefined) {
      peer.close();
      this.#answer.cut(); // What cannot change its protocol, as a subrequest.
    } else {
      peer.open(tunnel);
    }
    this.#settle();
  }

  // How a server fails.

  onFailure({ cause, text, level, isStale }: AttemptFailure): void {
    this.#log(level, text);
    const attempt = this.#attempt!;
    const peer = this.#peer!;
    if (this.#answer.hasBegun) {
      this.#release('failed');
      this.#answer.onCut();
      this.#settle();
      return;
    }
    const status = statusOfFailure(cause);
    attempt.figures.status = status;
    if (isStale && this.#mayAskAgain('stale')) {
      // The server has done nothing wrong, and is asked once more.
      this.#askPeer(peer, { isFresh: true, nowMs: undefined });
      return;
    }
    this.#release(cause === 'local' ? 'unused' : 'failed');
    if (this.#mayAskAgain(cause) && (this.#choice?.triesLeft ?? 0) > 0) {
      this.#ask();
    } else {
      this.#fail(status);
    }
  }

  /** What a server, a timer or another request calls back has no connection of a client around it that would end by an error of ours: this request does. */
  onBug(error: unknown): void {
    this.#route.onFault(error);
    this.#attempt?.abort();
    this.#release('unused');
    this.#answer.abandon();
    this.#settle();
  }

  onBodyLost(why: LostBody, doing: string): void {
    this.#release('unused');
    if (why === 'file') {
      this.#fail(500);
    } else {
      if (why === 'left') {
        this.#log('info', `${LEFT_EARLY} while ${doing}`);
      }
      this.#answer.close(); // There is no client, or the transport answers it.
    }
    this.#settle();
  }

  #fail(status: number): void {
    this.#answer.fail(status);
    this.#settle();
  }

  /** No server is sent anything any more. */
  #settle(): void {
    this.#letGo?.();
    this.#letGo = undefined;
  }

  /** The server that was asked is done with. */
  #release(outcome: PeerOutcome): void {
    if (this.#peer === undefined) {
      return;
    }
    this.#peer = undefined;
    const figures = this.#attempt?.figures ?? NOT_ASKED;
    const isDisabled = this.#choice?.release(outcome, figures.status, figures);
    if (isDisabled === true) {
      this.#log('warn', `upstream server temporarily disabled while ${this.#attempt?.failedWhile ?? CONNECTING}`);
    }
  }

  #log(level: ErrorLevel, text: string): void {
    this.#route.log(level, text);
  }

  // From the client.

  get times(): ResponseTimes | undefined {
    const figures = this.#attempt?.figures;
    return figures && { queueMs: 0, appMs: figures.wholeMs ?? 0 };
  }

  onDrain(): void {
    this.#answer.onDrain();
  }

  onGone(): void {
    if (!this.#answer.isOver) {
      this.#leave();
    }
  }

  onClientEnd(): boolean {
    if (this.#answer.isOver || this.#answer.hasBegun || this.#program.policy.connection.ignoresClientAbort) {
      return false;
    }
    this.#leave();
    return true;
  }

  #leave(): void {
    const attempt = this.#attempt;
    const isUnanswered = !this.#answer.hasBegun;
    if (isUnanswered && this.#program.policy.connection.ignoresClientAbort) {
      this.#log('info', `${CLIENT_LEFT} while ${attempt?.doing ?? CONNECTING}`);
      this.#answer.close();
      return;
    }
    if (isUnanswered && attempt !== undefined) {
      this.#log('info', `${CLIENT_LEFT}, so upstream connection is closed too while ${attempt.doing}`);
    }
    this.#waiting?.leave();
    attempt?.abort();
    this.#release('unused');
    this.#answer.close();
    this.#settle();
  }
}

/** What is kept with a connection must not keep the block of memory, eight kilobytes, of which Node gives small buffers their share. */
function inOwnMemory(bytes: Buffer): Buffer {
  const own = Buffer.allocUnsafeSlow(bytes.length);
  bytes.copy(own);
  return own;
}

const NOT_ASKED = {
  status: 0,
  connectMs: undefined,
  headMs: undefined,
  wholeMs: 0,
  bodyBytes: 0,
  receivedBytes: 0,
  sentBytes: 0,
} as const;
const NOBODY = { ...NOT_ASKED, status: 502 } as const;
