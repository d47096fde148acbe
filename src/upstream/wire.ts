/**
 * A protocol in which servers behind us are asked: how a request is written, and how its response is read. It knows no sockets: who asks writes what it renders and
 * feeds what comes. The same for HTTP/1, uwsgi, FastCGI, SCGI and memcached, so that connections, retries, timeouts and buffering are there once.
 */

import type { Field } from '../protocol/http/fields.ts';

/** A request as it is asked of one server. Latin-1 text; nothing in it is the client's that has not been checked. */
export interface UpstreamRequest {
  readonly method: string;
  /** As it is sent: escaped, with its query. Protocols with parameters have it among these. For memcached it is the key, which the wire escapes. */
  readonly target: string;
  /** Fields of HTTP, or parameters of the others, in their order. Neither framing nor `Connection`: those are the wire's. */
  readonly fields: readonly Pick<Field, 'name' | 'value'>[];
  /** undefined: it is chunked, where the wire can do that. 0: there is none. */
  readonly bodyLength: number | undefined;
  readonly keepsConnection: boolean;
  /** The protocol that the client wants to change to (`Upgrade`), if that is handed on: the wire writes the field. */
  readonly upgrade: string | undefined;
}

export interface Wire {
  /** `known-length`: a chunked one is read whole before the server is asked, whatever the policy says. `none`: it is never sent, for the server would read it as something else. */
  readonly bodies: 'any' | 'known-length' | 'none';
  /** A request without its body. A text: the protocol has no room for this request, for the reason that the error log is to have (escaped); it is answered 500. */
  renderHead(request: UpstreamRequest): Buffer | string;
  /** How the body of this request is sent, if it has one (`bodyLength` is not 0: otherwise the head says that there is none). Undefined: as it is. */
  framingOf(request: UpstreamRequest): BodyFraming | undefined;
  /** Reads the response to one request. */
  newReader(request: UpstreamRequest, sink: ResponseSink): ResponseReader;
}

/** A body is sent in pieces, with something around each, in latin-1. */
export interface BodyFraming {
  /** A longer piece is cut into several. */
  readonly pieceBytesMax: number;
  /** What stands before a piece of so many bytes. */
  before(length: number): string;
  behind(length: number): string;
  /** Once, behind the last piece. */
  readonly end: string;
}

export interface ResponseReader {
  /** The bytes are borrowed until it returns. */
  feed(bytes: Buffer): void;
  /** The server has closed its sending side. */
  end(): void;
  /** Bytes that it holds because they are not whole. */
  readonly heldBytes: number;
  /** The response is whole, nothing came behind it, and the server keeps the connection. */
  readonly isReusable: boolean;
}

export interface UpstreamHead {
  readonly status: number;
  /** '' for none. */
  readonly reason: string;
  /** End-to-end fields, in their order: those of the hop (RFC 9110 7.6.1) and of framing are gone. */
  readonly fields: readonly Field[];
  /** As the server has said it, also to HEAD and with 304, where no body follows. Undefined: until its end. */
  readonly bodyLength: number | undefined;
}

/** What a reader has read. Nothing more comes after `onEnd`, `onFault` or `onTunnel`. */
export interface ResponseSink {
  /** 1xx but 101. */
  onInterim(head: UpstreamHead): void;
  onHead(head: UpstreamHead): void;
  /** The bytes are borrowed until it returns. */
  onData(buffer: Buffer, start: number, end: number): void;
  onTrailers(fields: readonly Field[]): void;
  onEnd(): void;
  /** It is no response of the protocol. `text`: as it stands in the error log, escaped. */
  onFault(fault: WireFault, text: string): void;
  /** The server has changed the protocol with this head (101). `rest`: what has come behind it. */
  onTunnel(head: UpstreamHead, rest: Buffer): void;
  /** What else the error log has of a response: the error output of an application (FastCGI), or more bytes than were promised. Escaped, as nginx words it. */
  onNote(level: 'error' | 'warn' | 'info', text: string): void;
}

/** `header`: before the head was whole, so another server may be asked (`invalid_header`). `body`: behind it. `closed`: the connection ended in the middle. */
export type WireFault = 'header' | 'body' | 'closed';
