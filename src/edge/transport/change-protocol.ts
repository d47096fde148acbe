/** A response behind which the connection speaks no HTTP any more: it carries the messages of a WebSocket, or bytes that are passed on. */

import type {
  ResponseHead,
  TunnelSink,
  WebSocketAccept,
  WebSocketSession,
  WebSocketSink,
} from '../../protocol/http/exchange.ts';
import type { Handshake, HandshakeRefusal } from '../../protocol/websocket/handshake.ts';
import { upgradeField } from './response-text.ts';
import type { AnsweredExchange, ResponseWriter } from './response-writer.ts';
import { noteSent } from './response-writer.ts';
import type { TunnelCarrier } from './tunnel-session.ts';
import { TunnelSession } from './tunnel-session.ts';
import type { UpgradedConnection } from './upgraded-connection.ts';
import type { SessionCarrier, WebSocketServices } from './websocket/open-session.ts';
import { openSession } from './websocket/open-session.ts';

/** What a connection gives to the protocol that it changes to. */
export interface ProtocolChange {
  readonly exchange: AnsweredExchange & { readonly handshake: Handshake | HandshakeRefusal | undefined };
  readonly carrier: TunnelCarrier & SessionCarrier;
  readonly writer: ResponseWriter;
  readonly requests: { readonly isBodyOpen: boolean };
  readonly webSocket: WebSocketServices;
  /** From here on the session hears of what comes, and of the end. */
  upgrade<S extends UpgradedConnection>(status: number, session: S): S;
}

/** `change` undefined: the exchange is answered already, or its client has gone. */
export function acceptWebSocket(
  change: ProtocolChange | undefined,
  accept: WebSocketAccept,
  sink: WebSocketSink,
): WebSocketSession {
  const handshake = change?.exchange.handshake;
  if (change === undefined || handshake?.kind !== 'handshake') {
    throw new Error('a WebSocket was accepted that nobody asks for');
  }
  return change.upgrade(101, openSession(handshake, accept, sink, change.webSocket, change.carrier));
}

/** Undefined: the body of the request has not been read, and would be taken for the new protocol. */
export function switchProtocols(
  change: ProtocolChange,
  head: ResponseHead,
  sink: TunnelSink,
): TunnelSession | undefined {
  if (change.requests.isBodyOpen) {
    return undefined;
  }
  const tunnel = takeOver(change, head.status, sink);
  noteSent(change.exchange, head, -1);
  change.writer.whole(head, 'none', upgradeField(head.status), undefined);
  return tunnel;
}

export function takeOver(change: ProtocolChange, status: number, sink: TunnelSink): TunnelSession {
  return change.upgrade(status, new TunnelSession(sink, change.carrier));
}
