/** A handshake becomes a session: what is agreed on is decided and said here. */

import type { WebSocketAccept, WebSocketSink } from '../../../protocol/http/exchange.ts';
import { acceptDeflate } from '../../../protocol/websocket/deflate-offer.ts';
import type { Handshake } from '../../../protocol/websocket/handshake.ts';
import type { SocketOwner } from '../../../relay/sockets/guarded-socket.ts';
import type { LingeringSocket } from '../lingering-socket.ts';
import type { Output } from '../output.ts';
import { renderAccept } from './accept.ts';
import { DEFLATE_LIMITS, MessageDeflate } from './message-deflate.ts';
import { Session } from './session.ts';
import type { ZlibContexts } from './zlib-contexts.ts';

/** What the WebSockets of a thread share. */
export interface WebSocketServices {
  readonly contexts: ZlibContexts;
  /** Of every response, each with its CRLF. */
  readonly fields: string;
}

/** What a session needs of the connection that carried the handshake. */
export interface SessionCarrier {
  readonly output: Output;
  readonly socket: LingeringSocket;
  readonly clock: { readonly nowMs: number };
  readonly owner: SocketOwner;
}

export function openSession(
  handshake: Handshake,
  accept: WebSocketAccept,
  sink: WebSocketSink,
  services: WebSocketServices,
  carrier: SessionCarrier,
): Session {
  const { rules } = accept;
  const agreed = rules.deflates ? acceptDeflate(handshake.extensions, DEFLATE_LIMITS.windowBitsMax) : undefined;
  carrier.output.text(renderAccept(handshake, accept, agreed?.field, services.fields));
  const deflate = agreed && new MessageDeflate(agreed.parameters, { ...rules, contexts: services.contexts });
  return new Session({ settings: rules, sink, deflate, ...carrier });
}
