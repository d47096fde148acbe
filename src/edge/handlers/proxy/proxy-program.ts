/** What a content that asks servers goes by, made once: everything that does not depend on the request. */

import type { ProxyPolicy } from '../../../config/model/proxying.ts';
import type { Clock } from '../../../kernel/clock.ts';
import type { Exchange } from '../../../protocol/http/exchange.ts';
import type { BodyRoom } from '../../../relay/body/body-collector.ts';
import type { ConnectionWay } from '../../../upstream/connections/dial.ts';
import type { PeerRequest } from '../../../upstream/peer-choice.ts';
import type { Wire } from '../../../upstream/wire.ts';
import type { Route } from '../../pipeline/route.ts';
import type { AskRequest } from './asked-request.ts';
import type { AnswerOf } from './compile-answer.ts';
import type { AskedTarget, TargetFinder } from './targets.ts';

export interface ProxyProgram {
  readonly policy: ProxyPolicy;
  readonly wire: Wire;
  readonly clock: Clock;
  readonly room: BodyRoom;
  readonly targetOf: TargetFinder;
  readonly requestOf: AskRequest;
  readonly answerOf: AnswerOf;
  /** The client's body is sent to the server. */
  readonly sendsBody: boolean;
  /** The configuration has $request_body somewhere, so bodies are read, and kept as a text. */
  readonly showsBody: boolean;
  /** Bytes a second, with which servers are read; 0: no limit. */
  rateOf(route: Route): number;
  wayOf(route: Route, target: AskedTarget): ConnectionWay;
  peerRequest(route: Route): PeerRequest;
  /** The client's body is passed on as it comes. */
  streamsBody(exchange: Exchange): boolean;
}
