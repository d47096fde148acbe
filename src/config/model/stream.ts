/** `stream`: connections and datagrams that are passed on as they are. */

import type { AddressRule, ConnectionCount, LimitManner } from './access.ts';
import type { Listening } from './listening.ts';
import type { AccessLogRule, ErrorLog } from './logs.ts';
import type { UpstreamTls } from './proxying.ts';
import type { SiteTls } from './site-tls.ts';
import type { Template } from './template.ts';
import type { Upstream, UpstreamId } from './upstream.ts';
import type { DefinedVariable } from './variables.ts';

/** Index in `Streams.servers`. */
export type StreamId = number;

/** Upstreams and variables of streams may have the names of those of requests, and are others. */
export interface Streams {
  readonly listeners: readonly StreamListener[];
  readonly servers: readonly StreamServer[];
  readonly upstreams: readonly Upstream[];
  readonly variables: readonly DefinedVariable[];
}

export interface StreamListener extends Listening {
  readonly stream: StreamId;
}

/** What becomes of the connections of a listener, or of its datagrams, in the order in which it is asked. Times in milliseconds. */
export interface StreamServer {
  /** Peers whose word for their client (of the PROXY protocol) is believed: addresses, CIDR blocks, `unix:`. */
  readonly realIpFrom: readonly string[];
  readonly connectionCounts?: { readonly counts: readonly ConnectionCount[]; readonly manner: LimitManner };
  readonly addresses: readonly AddressRule[];
  /** The beginning of a TLS handshake is looked at, and not taken. */
  readonly readsHello: boolean;
  readonly preread: { readonly bytesMax: number; readonly timeoutMs: number };
  /** In their order, when the client is let in. */
  readonly sets: readonly { readonly variable: string; readonly value: Template }[];
  readonly content: StreamContent;
  /** Absent: TLS is not spoken with its clients, whatever its listeners say. */
  readonly tls?: StreamTls;
  /** How long the header of the PROXY protocol may take. */
  readonly proxyProtocolMs: number;
  /** Small packets are sent at once. */
  readonly sendsAtOnce: boolean;
  /** Index in `EdgeModel.resolvers`. */
  readonly resolver?: number;
  readonly accessLogs: readonly AccessLogRule[];
  readonly errorLogs: readonly ErrorLog[];
}

export interface StreamTls extends SiteTls {
  /** Protocols that are agreed on (ALPN), the best first; empty: none. */
  readonly alpn: readonly string[];
}

export type StreamContent =
  /** The client gets the text, and the connection ends. */
  | { readonly kind: 'return'; readonly text: Template }
  | { readonly kind: 'proxy'; readonly to: StreamTarget; readonly policy: StreamPolicy };

export type StreamTarget =
  /** Index in `Streams.upstreams`. */
  | { readonly kind: 'upstream'; readonly upstream: UpstreamId }
  /** Known when a connection comes. It may come to the name of an upstream. */
  | { readonly kind: 'text'; readonly text: Template };

export interface StreamPolicy {
  readonly connectMs: number;
  /** So long neither side may say a word. */
  readonly idleMs: number;
  /** What is read at once of either side, and what is held for a side that does not take it. */
  readonly bufferBytes: number;
  readonly retry: { readonly isOn: boolean; readonly triesMax: number; readonly timeoutMs: number };
  /** A side that has ended may still be told something. */
  readonly halfCloses: boolean;
  /** The own address; '' for any. */
  readonly bind: Template;
  readonly probes: boolean;
  /** Bytes a second; 0 for any. */
  readonly uploadRate: Template;
  readonly downloadRate: Template;
  /** Of datagrams: with so many of its client a session is complete, and the next begins another; 0: any number. */
  readonly requestsMax: number;
  /** Of datagrams: so many answer each one, and then the session is over. Absent: it is not known how many. */
  readonly responsesEach?: number;
  /** The server is told who the client is. */
  readonly sendsProxyProtocol: 'no' | 'v1' | 'v2';
  readonly tls?: UpstreamTls;
  /** Protocols that the server is offered by TLS (ALPN), the best first; what comes to nothing is left out. */
  readonly alpn: readonly Template[];
}
