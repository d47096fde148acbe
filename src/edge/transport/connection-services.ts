import type { FinishedExchange } from '../../protocol/http/finished-exchange.ts';
import type { IncomingExchange } from '../../protocol/http/incoming-exchange.ts';
import type { ResponseFields } from '../../protocol/http/response-fields.ts';
import type { FieldMemo } from '../../protocol/http1/field-memo.ts';
import type { Http1Limits } from '../../protocol/http1/limits.ts';
import type { ConnectionTable } from '../connections/connection-table.ts';
import type { CountedLog } from '../faults/counted-log.ts';
import type { InternalErrors } from '../faults/internal-errors.ts';
import type { HandshakeTexts } from '../tls/handshake-texts.ts';
import type { HeadRenderer } from './response-text.ts';
import type { TransportRules } from './transport-rules.ts';
import type { WebSocketServices } from './websocket/open-session.ts';

/** A request as a transport hands it on. */
export interface TransportExchange extends IncomingExchange {
  /** When its head was read, on the monotonic clock; 0: that was not looked at. */
  readonly startedMs: number;
  /** The location that answers has rules of its own for the connection: it goes by them until the next request. */
  goBy(rules: TransportRules): void;
}

/** How the name in a handshake of TLS leads to a site, as its index in the model. */
export interface HandshakeSites {
  /** Throws where that cannot be found out. */
  siteNamed(name: string): number;
  /** The site of those that say no name. */
  readonly fallback: number;
  /** Names of certificates that have variables. Undefined: no site has any. */
  readonly texts: Pick<HandshakeTexts, 'render'> | undefined;
}

/** To whom a transport hands its requests. */
export interface RequestPipeline {
  /** Answers the request, now or later. */
  handle(exchange: TransportExchange): void;
  /**
   * Answers a request whose response has not begun with a refusal: because a handler has asked for that, or because what came could not be read as a request.
   * Called again if the refusal is refused.
   */
  refuse(
    exchange: TransportExchange,
    status: number,
    detail: string | undefined,
    fields: ResponseFields | undefined,
  ): void;
  /** Absent where there is one site. */
  readonly handshakes?: HandshakeSites;
  /** Told once of each exchange that is over, whether its response has left, was cut, or was never given. Undefined: nobody asks, and nothing is paid for it. */
  readonly onFinished: ((exchange: FinishedExchange) => void) | undefined;
}

/** What all connections of a listener share. A reload changes it, so what may change is asked for anew with each request. */
export interface ConnectionServices {
  readonly memo: FieldMemo;
  readonly renderer: HeadRenderer;
  readonly table: ConnectionTable;
  /** See RequestParserOptions. */
  readonly takesLineFeeds: boolean;
  /** See RequestParserOptions. Undefined: as our own limits have it. */
  readonly limits: Partial<Http1Limits> | undefined;
  readonly fieldNames: RegExp | undefined;
  readonly rules: TransportRules;
  readonly webSocket: WebSocketServices;
  readonly pipeline: RequestPipeline;
  /** The edge stops, or the address is served no more: connections end with the response that is owed. */
  readonly isClosing: boolean;
  /** The date of this second, as RFC 9110 5.6.7 writes it. */
  readonly date: () => string;
  readonly monotonicMs: () => number;
  /** Bytes that could not be read as a request. */
  readonly refusals: CountedLog;
  readonly bugs: InternalErrors;
  readonly log: (level: 'info' | 'warning' | 'error', text: string) => void;
}
